"""Signing in with another provider, a real one, through the real app: whom it lets in, and as whom."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from api.federation import signing_in
from schemas.access import Role
from schemas.envelope import Actor
from tests.api.factors import code, proven, sent, shown, told, user_id, with_app
from tests.api.oidc_world import NAMES, back, begun, came, fragment, query_of, two_providers, world_with
from tests.api.world import World, problem
from tests.support.oidc_provider import RealProvider, log_in

PORT = 49152


@pytest.fixture(scope="module")
def peers() -> Iterator[dict[str, RealProvider]]:
    with two_providers() as made:
        yield made


@pytest.fixture
def world(peers: dict[str, RealProvider]) -> World:
    return world_with(peers)


@pytest.fixture
async def browser(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    async with world.client() as client:
        yield client


def actor_in(world: World, answer: httpx2.Response) -> Actor:
    assert answer.status_code == 200, answer.text
    return world.tokens.read(answer.json()["token"]["access_token"]).actor


def ada(world: World) -> Actor:
    """Somebody who has an account here under the address the provider knows too."""
    return world.add_user("ada@people.example", Role.TENANT_ADMIN, world.partner, world.tenant)


async def linked(world: World, actor: Actor, name: str = "ada", provider: str = "full") -> httpx2.Response:
    """By hand, while signed in."""
    me = proven(await world.signed_in(actor))
    async with world.client(me) as client:
        url = (await client.post(f"/auth/oidc/{provider}/link", json={"mode": "api"})).json()["url"]
        return await back(client, await query_of(url, name, provider), provider)


async def test_what_is_offered(browser: httpx2.AsyncClient) -> None:
    items = (await browser.get("/auth/oidc")).json()["items"]
    assert items == [{"name": name, "label": name.title()} for name in NAMES]


@pytest.mark.parametrize("provider", NAMES)
async def test_a_stranger_gets_an_account_and_comes_back_to_it(
    world: World, browser: httpx2.AsyncClient, provider: str
) -> None:
    first = actor_in(world, await came(browser, provider=provider))
    assert (first.role, first.mfa) == (Role.TENANT_OWNER, False)
    bearer = {"Authorization": f"Bearer {world.tokens.issue(first)}"}
    me = (await browser.get("/auth/me", headers=bearer)).json()
    assert (me["email"], me["name"]) == ("ada@people.example", "Name of ada")
    [made] = sent(world, "ProvisionTenant")
    assert (made.owner_verified, made.owner_account.provider) == (True, provider)
    async with world.client() as another:
        again = actor_in(world, await came(another, provider=provider))
    assert (again.id, again.tenant_id) == (first.id, first.tenant_id)
    assert len(sent(world, "ProvisionTenant")) == 1


async def test_the_console_gets_a_cookie_and_its_page(world: World, browser: httpx2.AsyncClient) -> None:
    answer = await came(browser, mode="browser", to="/runs?page=2")
    assert (answer.status_code, answer.headers["location"]) == (303, "/runs?page=2")
    assert "access_token" not in answer.text
    assert (await browser.get("/auth/me")).json()["email"] == "ada@people.example"


async def test_registration_may_be_closed(peers: dict[str, RealProvider]) -> None:
    world = world_with(peers)
    world.registration = replace(world.registration, open=False)
    world.app = world.build()
    async with world.client() as browser:
        problem(await came(browser), 403, "auth.registration_closed")
    assert not sent(world, "RegisterUser")


async def test_an_account_with_that_address_is_not_taken_over(
    world: World, browser: httpx2.AsyncClient
) -> None:
    """Even though both know the address to be verified: who it is they say by signing in as before."""
    ada(world)
    problem(await came(browser), 409, "oidc.sign_in_to_link")
    assert not sent(world, "LinkIdentity")


async def test_who_is_signed_in_links_and_signs_in_so_from_then_on(
    world: World, browser: httpx2.AsyncClient
) -> None:
    here = ada(world)
    assert (await linked(world, here)).json() == {"token": None, "linked": "full"}
    assert told(world) == ["signing in with full added"]
    assert actor_in(world, await came(browser)).id == here.id
    assert (await linked(world, here)).json()["linked"] == "full", "twice is once"
    assert len(sent(world, "LinkIdentity")) == 1


async def test_the_console_is_told_what_was_linked(world: World) -> None:
    me = proven(await world.signed_in(world.anna))
    async with world.client(me) as anna:
        body = {"redirect_to": "/account#old"}
        url = (await anna.post("/auth/oidc/full/link", json=body)).json()["url"]
        answer = await back(anna, await query_of(url))
    assert answer.headers["location"] == "/account#linked=full"


async def test_what_is_anothers_is_not_linked(world: World) -> None:
    await linked(world, world.zoe)
    problem(await linked(world, world.anna), 409, "oidc.already_linked")


async def test_an_unverified_address_lets_nobody_in(world: World, browser: httpx2.AsyncClient) -> None:
    """Whether it has an account here makes no difference to what is told."""
    problem(await came(browser, "unverified-eve"), 403, "oidc.email_unverified")
    world.add_user("unverified-eve@people.example", Role.TENANT_ADMIN, world.partner, world.tenant)
    problem(await came(browser, "unverified-eve"), 403, "oidc.email_unverified")
    assert not sent(world, "RegisterUser")


async def test_a_second_factor_of_ours_is_asked_for(world: World, browser: httpx2.AsyncClient) -> None:
    await linked(world, world.anna)
    secret, _ = await with_app(world, world.anna)
    asked = problem(await came(browser), 401, "auth.mfa_required")
    assert asked["methods"] == ["totp", "recovery_code"]
    answer = await shown(browser, asked["mfa_token"], totp=code(world, secret))
    actor = world.tokens.read(answer.json()["access_token"]).actor
    session = await world.vault.sessions.find(actor.session_id)  # type: ignore[arg-type]
    assert session and session.amr == ("fed", "mfa", "otp")
    page = fragment(await came(browser, mode="browser"))
    assert page["error"] == "auth.mfa_required" and page["mfa_token"]


@pytest.mark.parametrize("trusting, says", [(["full"], True), (["full"], False), ([], True)])
async def test_a_trusted_providers_word_counts_for_ours(
    peers: dict[str, RealProvider], monkeypatch: pytest.MonkeyPatch, trusting: list[str], says: bool
) -> None:
    world = world_with(peers, trusting)
    await linked(world, world.anna)
    await with_app(world, world.anna)
    sign_in = signing_in.sign_in

    async def saying(deps: Any, request: Any, provider: str, identity: Any) -> Any:
        methods = frozenset({"mfa"} if says else {"pwd"})
        return await sign_in(deps, request, provider, identity.model_copy(update={"methods": methods}))

    monkeypatch.setattr("api.routes.oidc.sign_in", saying)
    async with world.client() as browser:
        answer = await came(browser)
    if trusting and says:
        assert actor_in(world, answer).mfa
    else:
        problem(answer, 401, "auth.mfa_required")


async def test_a_disabled_account_stays_out(world: World, browser: httpx2.AsyncClient) -> None:
    await linked(world, world.anna)
    world.reads.users = [replace(user, disabled=True) for user in world.reads.users]
    problem(await came(browser), 403, "auth.account_disabled")


async def test_somebody_thinks_better_of_it(world: World, browser: httpx2.AsyncClient) -> None:
    url = await begun(browser, mode="browser", to="/sign-in")
    query = await log_in(url, "http://test/auth/oidc/full/callback", "ada", cancel=True)
    answer = await back(browser, query)
    assert answer.headers["location"] == "/sign-in#error=oidc.denied"


async def test_a_provider_is_unlinked(world: World, browser: httpx2.AsyncClient) -> None:
    here = ada(world)
    await linked(world, here)
    me = proven(await world.signed_in(here))
    async with world.client(me) as client:
        assert (await client.delete("/auth/oidc/full")).status_code == 200
        problem(await client.delete("/auth/oidc/full"), 404, "oidc.not_linked")
    assert told(world)[-1] == "signing in with full removed"
    problem(await came(browser), 409, "oidc.sign_in_to_link")


async def test_the_only_way_in_stays(world: World) -> None:
    await linked(world, world.anna)
    await world.vault.passwords.remove(user_id(world.anna))
    async with world.client(proven(await world.signed_in(world.anna))) as anna:
        problem(await anna.delete("/auth/oidc/full"), 409, "identity.last_way_in")


async def test_an_unknown_provider(world: World, browser: httpx2.AsyncClient) -> None:
    problem(await browser.get("/auth/oidc/nobody/start"), 404, "oidc.provider_unknown")
    problem(await browser.get("/auth/oidc/nobody/callback?state=x&code=y"), 404, "oidc.provider_unknown")


async def test_coming_back_is_recorded_as_the_change_it_is(world: World, browser: httpx2.AsyncClient) -> None:
    await came(browser)
    found = world.access.entries[-1]
    assert (found.route, found.status) == ("/auth/oidc/{provider}/callback", 200)
    assert found.actor


async def sent_on(browser: httpx2.AsyncClient, url: str) -> str:
    """To the program that waits on the browser's machine: what it is told there."""
    answer = await back(browser, await query_of(url))
    assert answer.status_code == 303
    address, _, query = answer.headers["location"].partition("?")
    assert address == f"http://127.0.0.1:{PORT}/"
    return str(query)


async def test_a_program_sends_a_browser_out_and_is_told_what_it_brings(
    world: World, browser: httpx2.AsyncClient
) -> None:
    async with world.client() as program:
        start = await program.get("/auth/oidc/full/start", params={"port": PORT})
        query = await sent_on(browser, start.json()["url"])
        assert not browser.cookies
        assert actor_in(world, await back(program, query)).role == Role.TENANT_OWNER


async def test_a_program_links_too(world: World, browser: httpx2.AsyncClient) -> None:
    me = proven(await world.signed_in(world.anna))
    async with world.client(me) as program:
        start = await program.post("/auth/oidc/full/link", json={"port": PORT})
        query = await sent_on(browser, start.json()["url"])
        assert (await back(program, query)).json()["linked"] == "full"


@pytest.mark.parametrize("port", ["80", "65536", "x"])
async def test_a_port_is_one_that_anybody_may_have(browser: httpx2.AsyncClient, port: str) -> None:
    problem(await browser.get("/auth/oidc/full/start", params={"port": port}), 422, "request.invalid")
