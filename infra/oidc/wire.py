"""All that we say to a provider ourselves: in bounds, without redirects, its words kept to ourselves."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx2
import structlog
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from pydantic import BaseModel, ConfigDict, SecretStr

from infra.addresses import Allowed
from infra.oidc.errors import OidcCode, OidcError
from infra.oidc.providers import Provider
from infra.outbound import PORTS, Outbound, OutboundRefused
from infra.tools.json_values import parsed

SECONDS = 5.0
"""For each question."""

REFUSALS: dict[str, OidcCode] = {
    "invalid_grant": "oidc.code_refused",
    "invalid_client": "oidc.client_refused",
    "unauthorized_client": "oidc.client_refused",
}

log = structlog.get_logger(__name__)


class Tokens(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    access_token: SecretStr
    id_token: SecretStr


class Wire:
    """The places the operator named are reached wherever they are; what a provider names must be public."""

    def __init__(
        self, provider: Provider, seconds: float = SECONDS, tls: ssl.SSLContext | None = None
    ) -> None:
        self._provider, self._seconds = provider, seconds
        self._outbound = Outbound(Allowed(frozenset(places(provider))), tls=tls)

    async def json(self, url: str, bearer: SecretStr | None = None) -> Any:
        headers = [(b"accept", b"application/json")]
        if bearer is not None:
            headers.append((b"authorization", f"Bearer {bearer.get_secret_value()}".encode()))
        with told(self._provider):
            answer = await self._outbound.send("GET", url, self._seconds, headers)
            if answer.status >= 500:
                raise OidcError("oidc.provider_unavailable")
            if answer.status != 200:
                raise OidcError("oidc.provider_unreadable")
            return parsed(answer.body)

    async def tokens(
        self, endpoint: str, auth_method: str, code: str, verifier: str, redirect_uri: str
    ) -> Tokens:
        with told(self._provider):
            async with asyncio.timeout(self._seconds), self.client(auth_method) as client:
                answer = await client.fetch_token(
                    endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                    redirect_uri=redirect_uri,
                )
            return Tokens.model_validate(dict(answer))

    def client(self, auth_method: str) -> AsyncOAuth2Client:
        provider = self._provider
        return AsyncOAuth2Client(
            client_id=provider.client_id,
            client_secret=provider.client_secret and provider.client_secret.get_secret_value(),
            token_endpoint_auth_method=auth_method,
            **self._outbound.options(self._seconds),
        )


def places(provider: Provider) -> Iterator[tuple[str, int]]:
    for url in (provider.issuer, provider.metadata_location):
        parts = urlsplit(url)
        yield parts.hostname or "", parts.port or PORTS[parts.scheme]


@contextmanager
def told(provider: Provider) -> Iterator[None]:
    """What went wrong, as OidcError. The log gets its kind: the text may hold what was sent."""
    try:
        yield
    except OAuthError as error:
        raise failed(provider, REFUSALS.get(str(error.error), "oidc.provider_refused"), error) from None
    except httpx2.HTTPStatusError as error:
        away = error.response.status_code >= 500
        code: OidcCode = "oidc.provider_unavailable" if away else "oidc.provider_refused"
        raise failed(provider, code, error) from None
    except (httpx2.HTTPError, TimeoutError) as error:
        raise failed(provider, "oidc.provider_unavailable", error) from None
    except (OutboundRefused, httpx2.InvalidURL, ValueError, RecursionError) as error:
        raise failed(provider, "oidc.provider_unreadable", error) from None


def failed(provider: Provider, code: OidcCode, error: Exception) -> OidcError:
    log.warning("oidc provider", issuer=provider.issuer, code=code, kind=type(error).__name__)
    return OidcError(code)
