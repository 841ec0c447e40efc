"""Support in a user's name: what it sees, what it never does, and how it ends."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from schemas.access import Role
from schemas.envelope import Actor
from tests.api.factors import sent
from tests.api.test_every_route import ALL, NAMES, call, operation
from tests.api.world import World, problem
from tests.support.people import plain

REASON = "Ticket 7: a run that does not end."
CONSENT = {"reason": "Please repair it.", "hours": 1}


@pytest.fixture
def sam(world: World) -> Actor:
    return world.add_user("sam@platform.example", Role.PLATFORM_SUPPORT)


async def begin(world: World, actor: Actor, **changes: Any) -> httpx2.Response:
    body = {"tenant": str(world.tenant), "user": world.anna.id, "reason": REASON, **changes}
    async with world.client(actor) as client:
        return await client.post("/impersonations", json=body)


def bearer(world: World, response: httpx2.Response) -> httpx2.AsyncClient:
    assert response.status_code == 201, response.text
    return world.client(None, Authorization=f"Bearer {response.json()['access_token']}")


async def allow(world: World) -> None:
    async with world.client(world.anna) as anna:
        assert (await anna.put("/support/consent", json=CONSENT)).status_code == 200


async def test_the_token_says_who_really_acts_and_ends_with_the_session(world: World, sam: Actor) -> None:
    response = await begin(world, sam, minutes=5)
    told = response.json()
    actor = world.tokens.verify(told["access_token"])
    assert (actor.id, actor.impersonator, actor.role) == (world.anna.id, sam.id, "tenant_admin")
    assert (actor.tenant_id, str(actor.session_id)) == (world.tenant, told["id"])
    assert str(actor) == f"user:{sam.id} for user:{world.anna.id}"
    assert 290 < told["expires_in"] <= 300
    assert "refresh_token" not in told


async def test_it_reads_and_changes_nothing(world: World, sam: Actor) -> None:
    agent = {"name": "a", "definition": {"model": "m/x", "instructions": "i"}}
    async with bearer(world, await begin(world, sam)) as helper:
        assert (await helper.get("/agents")).status_code == 200
        problem(await helper.post("/agents", json=agent), 403, "auth.forbidden")


async def test_changes_are_made_only_with_consent_and_told_as_support(world: World, sam: Actor) -> None:
    agent = {"name": "a", "definition": {"model": "m/x", "instructions": "i"}}
    problem(await begin(world, sam, write=True), 403, "identity.support_writes_not_allowed")
    await allow(world)
    async with bearer(world, await begin(world, sam, write=True)) as helper:
        assert (await helper.post("/agents", json=agent)).status_code == 201
    assert str(world.bus.sent[-1].actor) == f"user:{sam.id} for user:{world.anna.id}"


@pytest.mark.parametrize(
    ("method", "path"), [pair for pair in ALL if "security" in operation(*pair) and pair[0] != "get"]
)
async def test_even_with_consent_most_is_out_of_reach(world: World, method: str, path: str) -> None:
    """Of all that changes something, only what concerns workflows and runs is left."""
    sam = world.add_user("sam@platform.example", Role.PLATFORM_SUPPORT)
    await allow(world)
    sent = len(world.bus.sent)
    ids = dict.fromkeys(set(PARAMETER.findall(path)) - NAMES.keys(), NOBODYS)
    async with bearer(world, await begin(world, sam, write=True)) as helper:
        response = await call(helper, method, path, ids)
    types = {envelope.type.partition(".")[0] for envelope in world.bus.sent[sent + 1 :]}
    assert types <= {"authoring", "execution"}
    assert response.status_code >= 400 or path.split("/")[1] in REACHED


NOBODYS = "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d"
PARAMETER = re.compile(r"{(\w+)}")
REACHED = ("agents", "workflows", "triggers", "tools", "secrets", "executions", "bundles")


async def test_nobody_acts_through_two_people(world: World, sam: Actor) -> None:
    boss = sam.model_copy(update={"impersonator": world.admin.id})
    problem(await begin(world, boss), 403, "identity.not_in_person")
    problem(await begin(world, world.anna), 403, "auth.forbidden")
    problem(await begin(world, world.reseller), 403, "auth.forbidden")


async def test_it_is_begun_only_right_after_signing_in(world: World, sam: Actor) -> None:
    old = sam.model_copy(update={"authenticated_at": datetime.now(UTC) - timedelta(minutes=16)})
    problem(await begin(world, old), 403, "auth.step_up_required")


async def test_only_a_tenants_own_people_are_acted_as(world: World, sam: Actor) -> None:
    problem(await begin(world, sam, user=world.zoe.id), 404, "identity.not_a_member")
    for wrong in ({"reason": ""}, {"minutes": 31}):
        assert (await begin(world, sam, **wrong)).status_code == 422


async def test_the_tenant_sees_it_and_ends_it_at_once(world: World, sam: Actor) -> None:
    helper = bearer(world, await begin(world, sam))
    async with world.client(world.anna) as anna, helper:
        [shown] = (await anna.get("/impersonations")).json()["items"]
        assert (shown["support"], shown["reason"], shown["write"]) == ("sam", REASON, False)
        assert (await anna.delete(f"/impersonations/{shown['id']}")).status_code == 200
        problem(await helper.get("/agents"), 401, "auth.stale_token")
        [shown] = (await anna.get("/impersonations")).json()["items"]
        assert shown["ended_by"] == "tenant"
    async with world.client(sam) as client:
        again = await client.post(f"/impersonations/{shown['id']}/token")
        problem(again, 409, "identity.impersonation_ended")


async def test_other_tenants_see_nothing_of_it(world: World, sam: Actor) -> None:
    id_ = (await begin(world, sam)).json()["id"]
    async with world.client(world.zoe) as zoe:
        assert (await zoe.get("/impersonations")).json()["items"] == []
        problem(await zoe.delete(f"/impersonations/{id_}"), 404, "identity.impersonation_not_found")


async def test_who_only_builds_does_not_end_it(world: World, sam: Actor) -> None:
    id_ = (await begin(world, sam)).json()["id"]
    builder = world.add_user("bill@acme.example", Role.TENANT_BUILDER, world.partner, world.tenant)
    async with world.client(builder) as client:
        problem(await client.get("/impersonations"), 403, "auth.forbidden")
        problem(await client.delete(f"/impersonations/{id_}"), 403, "auth.forbidden")


async def test_support_ends_its_own_and_gets_tokens_for_its_own_only(world: World, sam: Actor) -> None:
    id_ = (await begin(world, sam)).json()["id"]
    other = world.add_user("sue@platform.example", Role.PLATFORM_SUPPORT)
    async with world.client(other) as sue:
        problem(await sue.post(f"/impersonations/{id_}/token"), 404, "identity.impersonation_not_found")
        problem(await sue.delete(f"/impersonations/{id_}"), 403, "auth.forbidden")
    async with world.client(sam) as client:
        assert (await client.post(f"/impersonations/{id_}/token")).status_code == 200
        assert (await client.delete(f"/impersonations/{id_}")).status_code == 200
    assert world.reads.impersonation_rows[next(iter(world.reads.impersonation_rows))].ended_by == "support"


async def test_withdrawn_consent_ends_what_changes_things(world: World, sam: Actor) -> None:
    await allow(world)
    helper = bearer(world, await begin(world, sam, write=True))
    async with world.client(world.anna) as anna, helper:
        assert (await anna.get("/support/consent")).json()["allowed"] is True
        assert (await anna.delete("/support/consent")).status_code == 200
        problem(await helper.get("/agents"), 401, "auth.stale_token")
        assert (await anna.get("/support/consent")).json()["allowed"] is False


async def test_consent_is_given_by_the_tenant_itself(world: World) -> None:
    for actor in (world.admin, world.reseller):
        async with world.client(actor) as client:
            assert (await client.put("/support/consent", json=CONSENT)).status_code == 403


async def test_the_tenants_owners_and_admins_are_to_be_told_too(world: World, sam: Actor) -> None:
    for name, role in (("bea", Role.TENANT_ADMIN), ("bo", Role.TENANT_BUILDER), ("olga", Role.TENANT_OWNER)):
        world.add_user(f"{name}@acme.example", role, world.partner, world.tenant)
    assert (await begin(world, sam)).status_code == 201
    [command] = sent(world, "StartImpersonation")
    told = [plain(address) for address in command.heads]
    assert told == ["olga@acme.example", "bea@acme.example"]
