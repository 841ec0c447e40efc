"""The providers the operator offers to sign in with."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, TypeAdapter, ValidationError, model_validator

TENANT = "{tenantid}"
"""Stands for the tenant in the issuer of a provider with many of them."""

MICROSOFT = "https://login.microsoftonline.com"
WELL_KNOWN = "/.well-known/openid-configuration"
LOOPBACK = ("127.0.0.1", "localhost", "::1")

Preset = Literal["google", "microsoft"]

PRESETS: dict[str, dict[str, str]] = {
    "google": {"issuer": "https://accounts.google.com", "label": "Google", "tenant_claim": "hd"},
    "microsoft": {
        "issuer": f"{MICROSOFT}/{TENANT}/v2.0",
        "metadata_url": f"{MICROSOFT}/organizations/v2.0{WELL_KNOWN}",
        "label": "Microsoft",
    },
}


class BadProviders(ValueError):
    """HB_OIDC_PROVIDERS cannot be read."""


class Provider(BaseModel):
    """`tenants`: whose people may come. Which tenant somebody belongs to says the claim `tenant_claim`.
    `trust_mfa`: when it says that it asked for a second factor, ours is not asked for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    preset: Preset | None = None
    label: str = Field("", max_length=80)
    issuer: str = Field(max_length=500)
    metadata_url: str = Field("", max_length=500)
    client_id: str = Field(min_length=1, max_length=500)
    client_secret: SecretStr | None = None
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    tenants: frozenset[str] = frozenset()
    tenant_claim: str = Field("tid", max_length=80)
    trust_mfa: bool = False

    @model_validator(mode="before")
    @classmethod
    def _preset_fills(cls, given: Any) -> Any:
        known = PRESETS.get(str(given.get("preset"))) if isinstance(given, dict) else None
        return {**known, **given} if known else given

    @model_validator(mode="after")
    def _is_sound(self) -> "Provider":
        if not (is_safe(self.issuer) and is_safe(self.metadata_location)) or urlsplit(self.issuer).query:
            raise ValueError("an issuer's address begins with https:// and has no query")
        if TENANT in self.issuer and not self.tenants:
            raise ValueError("an issuer for many tenants needs the list of those that may come")
        if TENANT in self.issuer and not self.metadata_url:
            raise ValueError("an issuer for many tenants needs its metadata_url")
        if "openid" not in self.scopes:
            raise ValueError("the scopes must have openid")
        return self

    @property
    def issuers(self) -> frozenset[str]:
        """Under which names it may issue."""
        if TENANT not in self.issuer:
            return frozenset({self.issuer})
        return frozenset(self.issuer.replace(TENANT, tenant) for tenant in self.tenants)

    @property
    def metadata_location(self) -> str:
        return self.metadata_url or self.issuer.rstrip("/") + WELL_KNOWN


NAMED = TypeAdapter(dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")], Provider])


class Providers:
    def __init__(self, named: Mapping[str, Provider]) -> None:
        self.named = dict(named)

    @classmethod
    def parse(cls, text: SecretStr | None) -> "Providers":
        """The error names places, never values: there are secrets among them."""
        try:
            return cls(NAMED.validate_json(text.get_secret_value()) if text else {})
        except ValidationError as error:
            problems = error.errors(include_url=False, include_input=False, include_context=False)
            places = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in problems)
            raise BadProviders(f"HB_OIDC_PROVIDERS cannot be read: {places}") from None


def is_safe(url: str) -> bool:
    """Encrypted, or on this machine."""
    parts = urlsplit(url)
    encrypted = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    return encrypted and bool(parts.hostname) and not (parts.fragment or parts.username)
