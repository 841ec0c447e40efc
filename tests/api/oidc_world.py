"""The edge's world with two real providers to sign in with; the second tells the e-mail by userinfo only."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import httpx2
from pydantic import SecretStr

from api.federation.parts import Federation
from infra.oidc.providers import Provider, Providers
from infra.oidc.relying_party import RelyingParty
from tests.api.world import World
from tests.support.oidc_provider import RealProvider, log_in, real_providers

BASE = "http://test"
NAMES = ("full", "thin")


def callback(provider: str) -> str:
    return f"{BASE}/auth/oidc/{provider}/callback"


@contextmanager
def two_providers() -> Iterator[dict[str, RealProvider]]:
    with real_providers([callback(name) for name in NAMES]) as made:
        yield dict(zip(NAMES, made, strict=True))


def world_with(peers: dict[str, RealProvider], trusting: Sequence[str] = ()) -> World:
    named = {
        name: Provider(
            issuer=peer.issuer,
            client_id=peer.client,
            client_secret=SecretStr(peer.secret),
            label=name.title(),
            trust_mfa=name in trusting,
        )
        for name, peer in peers.items()
    }
    return World(federation=Federation(RelyingParty(Providers(named)), BASE))


async def begun(browser: httpx2.AsyncClient, provider: str = "full", mode: str = "api", to: str = "/") -> str:
    """Where the browser is sent."""
    params = {"mode": mode, "redirect_to": to}
    answer = await browser.get(f"/auth/oidc/{provider}/start", params=params)
    assert answer.status_code in (200, 303), answer.text
    return str(answer.headers.get("location") or answer.json()["url"])


async def query_of(url: str, name: str = "ada", provider: str = "full") -> str:
    """What they bring back who log in there by this name."""
    return await log_in(url, callback(provider), name)


async def back(browser: httpx2.AsyncClient, query: str, provider: str = "full") -> httpx2.Response:
    return await browser.get(f"/auth/oidc/{provider}/callback?{query}")


async def came(
    browser: httpx2.AsyncClient, name: str = "ada", provider: str = "full", mode: str = "api", to: str = "/"
) -> httpx2.Response:
    """The whole way."""
    url = await begun(browser, provider, mode, to)
    return await back(browser, await query_of(url, name, provider), provider)


def fragment(answer: httpx2.Response) -> dict[str, str]:
    """What the page is told after the #."""
    assert answer.status_code == 303, answer.text
    parts = urlsplit(answer.headers["location"])
    return {name: values[0] for name, values in parse_qs(parts.fragment).items()}
