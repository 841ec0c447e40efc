"""Signing in with other providers: where the browser is sent, and who it is that comes back."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from infra.oidc.errors import OidcError
from infra.oidc.id_token import checked, tenant_of
from infra.oidc.identity import Identity, identity_of, with_userinfo
from infra.oidc.metadata import Issuer, Metadata
from infra.oidc.providers import Provider, Providers
from infra.oidc.round_trip import (
    Returned,
    RoundTrip,
    browser_of,
    check_issuer,
    check_return,
    code_of,
    local_path,
    state_of,
)
from infra.oidc.wire import SECONDS, Tokens, Wire
from schemas.base import UserId

SECRET_BYTES = 32
AUTH_METHODS = ("client_secret_basic", "client_secret_post")


@dataclass(frozen=True, slots=True)
class Departure:
    """`cookie` binds the attempt to the browser: HttpOnly, Secure, SameSite=Lax, as long as the attempt."""

    url: str = field(repr=False)
    cookie: str = field(repr=False)
    trip: RoundTrip


class Member:
    """One provider, with what is known of it and how it is spoken to."""

    def __init__(self, provider: Provider, seconds: float) -> None:
        self.provider = provider
        self.wire = Wire(provider, seconds)
        self.issuer = Issuer(provider, self.wire)


class RelyingParty:
    def __init__(
        self,
        providers: Providers,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        seconds: float = SECONDS,
    ) -> None:
        self.providers, self._now = providers, now
        self._members = {name: Member(provider, seconds) for name, provider in providers.named.items()}

    async def authorize(
        self,
        name: str,
        redirect_uri: str,
        redirect_to: str = "/",
        cookie: str | None = None,
        link_to: UserId | None = None,
        port: int | None = None,
    ) -> Departure:
        """The caller keeps the trip under `key_of` its state, and sets the cookie.

        `cookie`: the one the browser has from another attempt that is under way. `port`: see `state_of`.
        """
        member, cookie = self._member(name), cookie or secret()
        trip = RoundTrip(
            provider=name,
            state=state_of(secret(), port),
            nonce=secret(),
            verifier=secret(),
            browser=browser_of(cookie),
            redirect_uri=redirect_uri,
            redirect_to=local_path(redirect_to),
            begun_at=self._now(),
            link_to=link_to,
        )
        metadata = await member.issuer.metadata()
        return Departure(authorization_url(member.provider, metadata, trip), cookie, trip)

    async def callback(
        self, name: str, back: Returned, trip: RoundTrip | None, cookie: str | None
    ) -> Identity:
        """`trip`: what was taken from the vault, where it is no more then, so that nothing is used twice."""
        member = self._member(name)
        trip = check_return(back, trip, name, cookie, self._now())
        metadata = await member.issuer.metadata()
        check_issuer(back, member.provider.issuers, metadata.authorization_response_iss_parameter_supported)
        tokens = await member.wire.tokens(
            metadata.token_endpoint,
            auth_method(member.provider, metadata),
            code_of(back),
            trip.verifier,
            trip.redirect_uri,
        )
        return await self._identity(member, metadata, tokens, trip.nonce)

    def _member(self, name: str) -> Member:
        member = self._members.get(name)
        if member is None:
            raise OidcError("oidc.provider_unknown")
        return member

    async def _identity(self, member: Member, metadata: Metadata, tokens: Tokens, nonce: str) -> Identity:
        now = self._now().timestamp()
        claims = await checked(tokens, nonce, member.provider, member.issuer, now)
        if "email" not in claims and metadata.userinfo_endpoint:
            told = await member.wire.json(metadata.userinfo_endpoint, tokens.access_token)
            claims = with_userinfo(claims, told)
        return identity_of(claims, tenant_of(claims, member.provider))


def authorization_url(provider: Provider, metadata: Metadata, trip: RoundTrip) -> str:
    url = prepare_grant_uri(
        metadata.authorization_endpoint,
        client_id=provider.client_id,
        response_type="code",
        redirect_uri=trip.redirect_uri,
        scope=" ".join(provider.scopes),
        state=trip.state,
        nonce=trip.nonce,
        code_challenge=create_s256_code_challenge(trip.verifier),
        code_challenge_method="S256",
    )
    return str(url)


def auth_method(provider: Provider, metadata: Metadata) -> str:
    """How we prove to be the client: the first way both know."""
    if provider.client_secret is None:
        return "none"
    known = (way for way in AUTH_METHODS if way in metadata.token_endpoint_auth_methods_supported)
    found = next(known, None)
    if found is None:
        raise OidcError("oidc.client_refused")
    return found


def secret() -> str:
    return secrets.token_urlsafe(SECRET_BYTES)
