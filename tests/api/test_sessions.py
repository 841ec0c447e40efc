"""Sessions: where one is signed in, at which place, how strongly, and how that ends."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx2
import pyotp
import pytest

from schemas.access import Role
from schemas.base import UserId
from schemas.identity.types import Place
from tests.api.fake_bus import add_member
from tests.api.letters import letters
from tests.api.test_identity import form
from tests.api.world import PASSWORD, World, problem
from tests.support.people import person

EMAIL = "anna@acme.example"


async def tokens(client: httpx2.AsyncClient, email: str = EMAIL) -> dict[str, str]:
    told: dict[str, str] = (await client.post("/auth/token", data=form(email))).json()
    return told


def bearer(told: dict[str, str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {told['access_token']}"}


async def test_sessions_are_listed_and_ended_one_by_one(world: World, nobody: httpx2.AsyncClient) -> None:
    mine, other = await tokens(nobody), await tokens(nobody)
    items = (await nobody.get("/auth/sessions", headers=bearer(mine))).json()["items"]
    assert sorted(item["current"] for item in items) == [False, True]
    assert {tuple(item["methods"]) for item in items} == {("pwd",)}
    [elsewhere] = [item["id"] for item in items if not item["current"]]
    ended = await nobody.delete(f"/auth/sessions/{elsewhere}", headers=bearer(mine))
    assert ended.json() == {"ended": 1}
    problem(await nobody.get("/auth/me", headers=bearer(other)), 401, "auth.stale_token")
    again = await nobody.delete(f"/auth/sessions/{elsewhere}", headers=bearer(mine))
    problem(again, 404, "auth.session_not_found")


async def test_nobody_ends_sessions_of_others(world: World, nobody: httpx2.AsyncClient) -> None:
    mine, theirs = await tokens(nobody), await tokens(nobody, "zoe@zeta.example")
    [item] = (await nobody.get("/auth/sessions", headers=bearer(theirs))).json()["items"]
    response = await nobody.delete(f"/auth/sessions/{item['id']}", headers=bearer(mine))
    problem(response, 404, "auth.session_not_found")
    assert (await nobody.get("/auth/me", headers=bearer(theirs))).status_code == 200


@pytest.mark.parametrize(("query", "left"), [("", 401), ("?keep=current", 200)])
async def test_everywhere_is_everywhere(
    world: World, nobody: httpx2.AsyncClient, query: str, left: int
) -> None:
    mine, other = await tokens(nobody), await tokens(nobody)
    await nobody.delete(f"/auth/sessions{query}", headers=bearer(mine))
    assert (await nobody.get("/auth/me", headers=bearer(mine))).status_code == left
    assert (await nobody.get("/auth/me", headers=bearer(other))).status_code == 401


async def test_what_one_process_ends_the_others_know_within_seconds(world: World) -> None:
    """Two processes over one vault: the other one asks again when what it knows is a second old."""
    first, second = (
        world.client(),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(world.build()), base_url="http://test"),
    )
    async with first, second:
        mine = await tokens(first)
        assert (await second.get("/auth/me", headers=bearer(mine))).status_code == 200
        assert (await first.post("/auth/logout", headers=bearer(mine))).json() == {"ended": 1}
        problem(await first.get("/auth/me", headers=bearer(mine)), 401, "auth.stale_token")
        world.seconds += 1
        problem(await second.get("/auth/me", headers=bearer(mine)), 401, "auth.stale_token")
        refresh = {"refresh_token": mine["refresh_token"]}
        problem(await second.post("/auth/refresh", json=refresh), 401, "auth.session_revoked")


async def test_a_stolen_refresh_token_ends_the_session_and_its_owner_hears_of_it(
    world: World, nobody: httpx2.AsyncClient
) -> None:
    mine = await tokens(nobody)
    stolen = {"refresh_token": mine["refresh_token"]}
    fresh = (await nobody.post("/auth/refresh", json=stolen)).json()
    world.seconds += 11
    problem(await nobody.post("/auth/refresh", json=stolen), 401, "auth.session_compromised")
    [letter] = letters(world)
    assert (letter.to, letter.template) == (EMAIL, "session_compromised")
    assert letter.values["device"].startswith("python-httpx")
    problem(await nobody.get("/auth/me", headers=bearer(fresh)), 401, "auth.stale_token")


async def test_a_letter_that_cannot_leave_keeps_no_thief_in(world: World, nobody: httpx2.AsyncClient) -> None:
    stolen = {"refresh_token": (await tokens(nobody))["refresh_token"]}
    await nobody.post("/auth/refresh", json=stolen)
    world.seconds += 11
    world.bus.down = True
    problem(await nobody.post("/auth/refresh", json=stolen), 401, "auth.session_compromised")


def also_a_member(world: World) -> UUID:
    """Anna works for Zoe's partner too."""
    place = Place(partner_id=world.other_partner)
    add_member(world.reads, person(EMAIL, "anna", UUID(world.anna.id)), Role.PARTNER_FINANCE, place)
    return place.id


async def test_one_goes_on_at_another_place(world: World, nobody: httpx2.AsyncClient) -> None:
    place_id = also_a_member(world)
    mine = await tokens(nobody)
    items = (await nobody.get("/auth/memberships", headers=bearer(mine))).json()["items"]
    assert [(item["name"], item["role"], item["current"]) for item in items] == [
        ("acme", "tenant_admin", True),
        ("rival", "partner_finance", False),
    ]
    there = await nobody.post("/auth/switch", json={"place_id": str(place_id)}, headers=bearer(mine))
    me = (await nobody.get("/auth/me", headers=bearer(there.json()))).json()
    assert (me["role"], me["tenant_id"], me["partner_id"]) == ("partner_finance", None, str(place_id))
    later = await nobody.post("/auth/refresh", json={"refresh_token": mine["refresh_token"]})
    assert (await nobody.get("/auth/me", headers=bearer(later.json()))).json()["role"] == "partner_finance"


async def test_nobody_switches_to_where_they_have_no_role(world: World, nobody: httpx2.AsyncClient) -> None:
    mine = await tokens(nobody)
    for place in (world.other_tenant, world.partner, uuid4()):
        response = await nobody.post("/auth/switch", json={"place_id": str(place)}, headers=bearer(mine))
        problem(response, 403, "auth.no_membership")


async def test_stepping_up_is_told_by_the_token(world: World) -> None:
    anna = await world.signed_in(world.anna)
    old = anna.model_copy(update={"authenticated_at": datetime.now(UTC) - timedelta(hours=1)})
    async with world.client(old) as client:
        problem(
            await client.post("/auth/password", json={"password": "x" * 20}), 403, "auth.step_up_required"
        )
        told = await client.post("/auth/step-up", json={"password": PASSWORD})
    actor = world.tokens.verify(told.json()["access_token"])
    assert actor.authenticated_at is not None
    assert actor.authenticated_at > old.authenticated_at + timedelta(minutes=59)  # type: ignore[operator]
    assert actor.session_id == anna.session_id


async def test_with_a_second_factor_that_is_what_counts(world: World) -> None:
    anna = await world.signed_in(world.anna)
    user_id = UserId(UUID(anna.id))
    app = pyotp.TOTP((await world.vault.totp.begin(user_id, EMAIL)).secret)
    await world.vault.totp.confirm(user_id, app.at(world.clock()))
    [code, *_] = await world.vault.recovery_codes.renew(user_id)
    world.seconds += 60
    async with world.client(anna) as client:
        told = await client.post("/auth/step-up", json={"password": PASSWORD})
        assert problem(told, 403, "auth.second_factor_required")["methods"] == ["totp", "recovery_code"]
        for body in ({"totp": app.at(world.clock())}, {"recovery_code": code}):
            stronger = await client.post("/auth/step-up", json=body)
            assert world.tokens.verify(stronger.json()["access_token"]).mfa, "it says so from now on"
        problem(
            await client.post("/auth/step-up", json={"recovery_code": code}), 401, "auth.invalid_credentials"
        )


async def test_guessing_at_a_step_up_locks_as_at_the_door(world: World) -> None:
    async with world.client(await world.signed_in(world.anna)) as client:
        for _ in range(20):
            wrong = await client.post("/auth/step-up", json={"password": "wrong password"})
            problem(wrong, 401, "auth.invalid_credentials")
        problem(await client.post("/auth/step-up", json={"password": PASSWORD}), 429, "auth.locked")
        problem(await client.post("/auth/token", data=form(EMAIL)), 429, "auth.locked")


@pytest.mark.parametrize("change", [{"impersonator": str(uuid4())}, {"session_id": None}])
async def test_in_a_persons_name_nobody_touches_their_account(
    world: World, change: dict[str, str | None]
) -> None:
    async with world.client(world.anna.model_copy(update=change)) as client:
        for method, path in (("GET", "sessions"), ("DELETE", "sessions"), ("GET", "me/export")):
            response = await client.request(method, f"/auth/{path}")
            problem(response, 403, "auth.only_in_person")
