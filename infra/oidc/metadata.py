"""What a provider says of itself, and the keys it signs with."""

import time
from collections.abc import Callable
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from infra.oidc.cached import Cached
from infra.oidc.errors import OidcError
from infra.oidc.providers import Provider, is_safe
from infra.oidc.wire import Wire

METADATA_SECONDS = 3600.0
KEYS_SECONDS = 3600.0
KEYS_PAUSE_SECONDS = 30.0
"""However many tokens name unknown keys, the provider is asked for its keys only so often."""

MOST_KEYS = 100
PUBLIC = (RSAKey, ECKey, OKPKey)

PublicKey = RSAKey | ECKey | OKPKey
Keys = tuple[PublicKey, ...]


class Metadata(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    id_token_signing_alg_values_supported: tuple[str, ...] = ("RS256",)
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False

    @property
    def addresses(self) -> tuple[str, ...]:
        named = (self.authorization_endpoint, self.token_endpoint, self.jwks_uri, self.userinfo_endpoint)
        return tuple(address for address in named if address is not None)


class KeySet(BaseModel):
    keys: list[dict[str, Any]] = Field(max_length=MOST_KEYS)


class Issuer:
    """One provider's metadata and keys, as they are now."""

    def __init__(self, provider: Provider, wire: Wire, clock: Callable[[], float] = time.monotonic) -> None:
        self._provider, self._wire = provider, wire
        self._metadata = Cached(self._fetch_metadata, clock)
        self._keys = Cached(self._fetch_keys, clock)

    async def metadata(self) -> Metadata:
        return await self._metadata.get(METADATA_SECONDS)

    async def key(self, kid: str | None) -> PublicKey:
        """An unknown one may be new: the keys are asked for once more."""
        for seconds in (KEYS_SECONDS, KEYS_PAUSE_SECONDS):
            found = named(await self._keys.get(seconds), kid)
            if found is not None:
                return found
        raise OidcError("oidc.token_key_unknown")

    async def _fetch_metadata(self) -> Metadata:
        try:
            found = Metadata.model_validate(await self._wire.json(self._provider.metadata_location))
        except ValidationError:
            raise OidcError("oidc.provider_unreadable") from None
        if found.issuer != self._provider.issuer:
            raise OidcError("oidc.issuer_mismatch")
        if not all(is_safe(address) for address in found.addresses):
            raise OidcError("oidc.provider_unreadable")
        return found

    async def _fetch_keys(self) -> Keys:
        metadata = await self.metadata()
        try:
            found = KeySet.model_validate(await self._wire.json(metadata.jwks_uri))
        except ValidationError:
            raise OidcError("oidc.provider_unreadable") from None
        return tuple(key for data in found.keys if (key := public_key(data)) is not None)


def public_key(data: dict[str, Any]) -> PublicKey | None:
    """None for what cannot check signatures: kinds we do not know, shared secrets, keys for encryption."""
    if data.get("use", "sig") != "sig":
        return None
    try:
        key = JWKRegistry.import_key(data)
    except (JoseError, ValueError, TypeError):
        return None
    return key if isinstance(key, PUBLIC) else None


def named(keys: Keys, kid: str | None) -> PublicKey | None:
    """A token may leave the name out where there is one key only."""
    if kid is None:
        return keys[0] if len(keys) == 1 else None
    return next((key for key in keys if key.kid == kid), None)
