"""Attacks on signing in with other providers, against a real one."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest

from api.gateway.cookies import NAME, SessionTokens
from schemas.envelope import Actor
from tests.api.factors import proven, sent
from tests.api.oidc_world import back, begun, query_of, two_providers, world_with
from tests.api.world import COOKIES, World, problem
from tests.support.oidc_provider import RealProvider


@pytest.fixture(scope="module")
def peers() -> Iterator[dict[str, RealProvider]]:
    with two_providers() as made:
        yield made


@pytest.fixture
def world(peers: dict[str, RealProvider]) -> World:
    return world_with(peers)


@pytest.fixture
async def victim(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    async with world.client() as client:
        yield client


@pytest.fixture
async def attacker(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    async with world.client() as client:
        yield client


def changed(query: str, **fields: str) -> str:
    return urlencode({**{name: values[0] for name, values in parse_qs(query).items()}, **fields})


def state_in(url: str) -> str:
    return parse_qs(urlsplit(url).query)["state"][0]


async def test_nobody_is_signed_in_as_the_attacker(
    victim: httpx2.AsyncClient, attacker: httpx2.AsyncClient
) -> None:
    """Login CSRF: the victim's browser opens the address the attacker came back with."""
    query = await query_of(await begun(attacker, mode="browser"), "mallory")
    problem(await back(victim, query), 400, "oidc.state_unknown")
    await begun(victim)
    problem(await back(victim, query), 400, "oidc.state_unknown")
    assert NAME not in victim.cookies
    assert (await back(attacker, query)).status_code == 303, "whose it is, it still works for"


async def test_a_state_of_the_victims_with_a_code_of_the_attackers(
    victim: httpx2.AsyncClient, attacker: httpx2.AsyncClient
) -> None:
    query = await query_of(await begun(attacker), "mallory")
    state = state_in(await begun(victim))
    problem(await back(victim, changed(query, state=state)), 400, "oidc.code_refused")


async def test_what_came_back_once_is_over(world: World, victim: httpx2.AsyncClient) -> None:
    query = await query_of(await begun(victim))
    assert (await back(victim, query)).status_code == 200
    problem(await back(victim, query), 400, "oidc.state_unknown")
    assert len(sent(world, "ProvisionTenant")) == 1


async def test_a_failed_return_is_over_too(victim: httpx2.AsyncClient) -> None:
    query = await query_of(await begun(victim))
    problem(await back(victim, changed(query, code="guess")), 400, "oidc.code_refused")
    problem(await back(victim, query), 400, "oidc.state_unknown")


async def test_too_late_is_over(world: World, victim: httpx2.AsyncClient) -> None:
    query = await query_of(await begun(victim))
    world.seconds += 601
    problem(await back(victim, query), 400, "oidc.state_unknown")


async def test_providers_are_not_mixed_up(victim: httpx2.AsyncClient) -> None:
    query = await query_of(await begun(victim, "full"))
    problem(await back(victim, query, "thin"), 400, "oidc.provider_mismatch")
    other = await query_of(await begun(victim, "full"))
    state = state_in(await begun(victim, "thin"))
    problem(await back(victim, changed(other, state=state), "thin"), 400, "oidc.issuer_mismatch")


async def test_the_nonce_belongs_to_the_attempt(
    world: World, peers: dict[str, RealProvider], victim: httpx2.AsyncClient
) -> None:
    """A token made for another nonce, with all else right."""
    url = await begun(victim)
    parts = urlsplit(url)
    forged = parts._replace(query=changed(parts.query, nonce="another")).geturl()
    problem(await back(victim, await query_of(forged)), 400, "oidc.nonce_mismatch")


@pytest.mark.parametrize(
    "page",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/ok\r\nLocation: https://evil.example",
        "/\t/evil.example",
        "http://test/ok",
    ],
)
async def test_one_returns_to_our_own_pages_only(world: World, victim: httpx2.AsyncClient, page: str) -> None:
    start = await victim.get("/auth/oidc/full/start", params={"redirect_to": page})
    problem(start, 400, "oidc.redirect_refused")
    me = proven(await world.signed_in(world.anna))
    async with world.client(me) as anna:
        link = await anna.post("/auth/oidc/full/link", json={"redirect_to": page})
    problem(link, 400, "oidc.redirect_refused")


async def test_the_way_back_is_not_the_callers_to_choose(victim: httpx2.AsyncClient) -> None:
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    answer = await victim.get("/auth/oidc/full/start", headers=headers)
    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    assert asked["redirect_uri"] == ["http://test/auth/oidc/full/callback"]


async def test_the_cookie_is_out_of_reach_for_scripts_and_other_hosts(world: World) -> None:
    async with world.client(base_url="https://test") as browser:
        cookie = (await browser.get("/auth/oidc/full/start")).headers["set-cookie"]
    assert cookie.startswith("__Host-hb_browser=")
    for attribute in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert attribute in cookie
    assert "Domain" not in cookie


async def linking(world: World, me: Actor, browser: httpx2.AsyncClient) -> str:
    """The person begins to link, and logs in there: what the browser comes back with."""
    bearer = {"Authorization": f"Bearer {world.tokens.issue(me)}"}
    answer = await browser.post("/auth/oidc/full/link", json={"mode": "api"}, headers=bearer)
    return await query_of(answer.json()["url"])


async def test_nothing_is_linked_after_signing_out(world: World, victim: httpx2.AsyncClient) -> None:
    me = proven(await world.signed_in(world.anna))
    query = await linking(world, me, victim)
    async with world.client(me) as anna:
        await anna.post("/auth/logout")
    problem(await back(victim, query), 401, "oidc.signed_out")
    assert not sent(world, "LinkIdentity")


async def test_nothing_is_linked_once_somebody_else_has_signed_in(
    world: World, victim: httpx2.AsyncClient
) -> None:
    """A shared browser: whose account at the provider it is must not open the one who sat here before."""
    query = await linking(world, proven(await world.signed_in(world.anna)), victim)
    zoe = SessionTokens(access=world.tokens.issue(world.zoe), refresh="hbr_x")
    victim.cookies.set(NAME, COOKIES.sealed(zoe))
    problem(await back(victim, query), 401, "oidc.signed_out")
    assert not sent(world, "LinkIdentity")


async def test_an_attackers_account_is_not_linked_to_the_victims(
    world: World, victim: httpx2.AsyncClient, attacker: httpx2.AsyncClient
) -> None:
    """The victim, signed in, opens an address that would link the attacker's account at the provider."""
    query = await linking(world, proven(await world.signed_in(world.zoe)), attacker)
    anna = SessionTokens(access=world.tokens.issue(world.anna), refresh="hbr_x")
    victim.cookies.set(NAME, COOKIES.sealed(anna))
    await begun(victim)
    problem(await back(victim, query), 400, "oidc.state_unknown")
    assert not sent(world, "LinkIdentity")


@pytest.mark.parametrize(
    "query",
    ["", "state=x", "code=x", "state=&code=y"],
)
async def test_nonsense_that_comes_back(victim: httpx2.AsyncClient, query: str) -> None:
    await begun(victim)
    problem(await back(victim, query), 400, "oidc.response_malformed")


@pytest.mark.parametrize("query", ["state=x&state=y&code=z", "state=x&code=y&code=z"])
async def test_what_comes_back_twice(victim: httpx2.AsyncClient, query: str) -> None:
    await begun(victim)
    problem(await back(victim, query), 422, "request.invalid")


async def test_who_links_or_unlinks_must_have_proven_it_lately(world: World) -> None:
    long_ago = datetime.now(UTC) - timedelta(minutes=16)
    async with world.client(world.anna.model_copy(update={"authenticated_at": long_ago})) as anna:
        problem(await anna.delete("/auth/oidc/full"), 403, "auth.step_up_required")
        problem(await anna.post("/auth/oidc/full/link"), 403, "auth.step_up_required")


async def test_what_a_program_is_told_counts_for_it_alone(
    victim: httpx2.AsyncClient, attacker: httpx2.AsyncClient
) -> None:
    """Another program on the machine has seen all that the browser brought."""
    start = await victim.get("/auth/oidc/full/start", params={"port": 49152})
    query = await query_of(start.json()["url"])
    await begun(attacker)
    assert (await back(attacker, query)).status_code == 303, "sent on to whom it is for"
    assert "access_token" not in (await back(attacker, query)).text
    assert (await back(victim, query)).json()["token"]
    assert (await back(victim, query)).status_code == 303, "and once"


@pytest.mark.parametrize("port", ["", ".80", ".0080", ".65536", ".49152.1", ".evil.example", ".49152@evil"])
async def test_a_browser_is_sent_on_to_its_own_machine_only(victim: httpx2.AsyncClient, port: str) -> None:
    answer = await victim.get("/auth/oidc/full/callback", params={"state": "s" * 43 + port, "code": "c"})
    problem(answer, 400, "oidc.state_unknown")
