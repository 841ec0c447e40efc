"""One's own account: its name, all that is known of it, its end; and what the platform may do with it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx2
import pytest

from schemas.access import Role
from schemas.identity.commands import EraseUser
from schemas.identity.types import Place
from schemas.personal import subject_of
from tests.api.fake_bus import add_member
from tests.api.test_identity import form
from tests.api.test_registering import sent
from tests.api.world import World, problem
from tests.support.people import person, plain


async def test_a_new_name_is_everywhere(world: World, anna: httpx2.AsyncClient) -> None:
    assert (await anna.patch("/auth/me", json={"name": "Anna Berg"})).status_code == 200
    assert (await anna.get("/auth/me")).json()["name"] == "Anna Berg"
    opened = await world.box.open(
        [row.name for row in world.reads.member_rows if str(row.id) == world.anna.id]
    )
    assert opened == ["Anna Berg"]


async def test_all_about_oneself_and_nothing_of_others(world: World, nobody: httpx2.AsyncClient) -> None:
    await nobody.post("/auth/token", data=form("zoe@zeta.example"))
    token = (await nobody.post("/auth/token", data=form("anna@acme.example"))).json()["access_token"]
    world.reads.identities["f" * 64] = UUID(world.anna.id), "google"
    told = await nobody.get("/auth/me/export", headers={"Authorization": f"Bearer {token}"})
    whole = told.json()
    assert whole["account"]["email"] == "anna@acme.example"
    assert [item["name"] for item in whole["memberships"]] == ["acme"]
    assert [item["current"] for item in whole["sessions"]] == [True]
    assert [item["provider"] for item in whole["identities"]] == ["google"]
    assert [item["route"] for item in whole["accesses"]] == ["/auth/token"]
    assert "zeta" not in told.text
    assert world.access.entries[-1].route == "/auth/me/export", "who takes this along is recorded"


async def test_being_forgotten(world: World, nobody: httpx2.AsyncClient) -> None:
    token = (await nobody.post("/auth/token", data=form("anna@acme.example"))).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert (await nobody.post("/auth/me/erase", headers=bearer)).status_code == 200
    assert [str(command.user_id) for command in sent(world, EraseUser)] == [world.anna.id]
    problem(await nobody.get("/auth/me", headers=bearer), 401, "auth.stale_token")
    problem(await nobody.post("/auth/token", data=form("anna@acme.example")), 401, "auth.invalid_credentials")


async def test_it_needs_a_recent_proof(world: World) -> None:
    old = world.anna.model_copy(update={"authenticated_at": datetime.now(UTC) - timedelta(hours=1)})
    async with world.client(old) as client:
        problem(await client.post("/auth/me/erase"), 403, "auth.step_up_required")


async def test_the_last_owner_is_told_where(world: World) -> None:
    owner = world.add_user("olga@acme.example", Role.TENANT_OWNER, world.partner, world.tenant)
    place = Place(partner_id=world.partner)
    who = person("olga@acme.example", "olga", UUID(owner.id))
    add_member(world.reads, who, Role.PARTNER_ADMIN, place)
    async with world.client(owner) as client:
        told = problem(await client.post("/auth/me/erase"), 409, "identity.last_of_its_kind")
        assert [(one["path"], one["message"]) for one in told["problems"]] == [
            (str(world.tenant), "tenant_owner of acme")
        ], "the partner has another admin"
        world.add_user("otto@acme.example", Role.TENANT_OWNER, world.partner, world.tenant)
        assert (await client.post("/auth/me/erase")).status_code == 200


async def test_the_platform_keeps_somebody_out_and_lets_them_in(
    world: World, admin: httpx2.AsyncClient, nobody: httpx2.AsyncClient
) -> None:
    token = (await nobody.post("/auth/token", data=form("anna@acme.example"))).json()["access_token"]
    why = {"reason": "The address bounces."}
    assert (await admin.post(f"/users/{world.anna.id}/disable", json=why)).status_code == 200
    bearer = {"Authorization": f"Bearer {token}"}
    problem(await nobody.get("/agents", headers=bearer), 401, "auth.stale_token")
    sign_in = form("anna@acme.example")
    problem(await nobody.post("/auth/token", data=sign_in), 401, "auth.invalid_credentials")
    assert (await admin.post(f"/users/{world.anna.id}/enable", json=why)).status_code == 200
    assert (await nobody.post("/auth/token", data=sign_in)).status_code == 200


async def test_erasing_leaves_a_receipt(world: World, admin: httpx2.AsyncClient) -> None:
    place = f"/users/{world.anna.id}/erasure"
    problem(await admin.get(place), 404, "identity.erasure_not_found")
    asked = await admin.post(f"/users/{world.anna.id}/erase", json={"reason": "Asked by letter."})
    assert asked.status_code == 200
    farewell = world.bus.sent[-1].data["farewell"]
    assert plain(farewell) == "anna@acme.example"
    assert subject_of(farewell) != world.anna.id and world.box.until[subject_of(farewell)]
    receipt = (await admin.get(place)).json()
    assert (receipt["user_id"], receipt["touched"]) == (world.anna.id, {"keys": 1, "sessions": 2})


@pytest.mark.parametrize("what", ["disable", "enable", "erase"])
async def test_only_the_platform_manages_people(world: World, what: str) -> None:
    for actor in (world.reseller, world.zoe):
        async with world.client(actor) as client:
            response = await client.post(f"/users/{world.anna.id}/{what}", json={"reason": "x"})
        problem(response, 403, "auth.forbidden")
