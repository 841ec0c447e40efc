"""Who belongs to a place, over HTTP; the rules are decided as they are for real."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx2
import pytest

from schemas.access import Role
from schemas.envelope import Actor
from tests.api.world import World, problem


@pytest.fixture
def owner(world: World) -> Actor:
    return world.add_user("olga@acme.example", Role.TENANT_OWNER, world.partner, world.tenant)


@pytest.fixture
def bob(world: World) -> Actor:
    return world.add_user("bob@acme.example", Role.TENANT_VIEWER, world.partner, world.tenant)


def stale(actor: Actor) -> Actor:
    return actor.model_copy(update={"authenticated_at": datetime.now(UTC) - timedelta(minutes=16)})


async def change(world: World, actor: Actor, who: Actor, role: Role, at: str = "") -> httpx2.Response:
    async with world.client(actor) as client:
        return await client.put(f"{at}/members/{who.id}", json={"role": role})


async def remove(world: World, actor: Actor, who: Actor, at: str = "") -> httpx2.Response:
    async with world.client(actor) as client:
        return await client.delete(f"{at}/members/{who.id}")


async def test_a_place_lists_its_people_readably(world: World, anna: httpx2.AsyncClient, bob: Actor) -> None:
    items = (await anna.get("/members")).json()["items"]
    assert {(item["email"], item["role"]) for item in items} == {
        ("anna@acme.example", "tenant_admin"),
        ("bob@acme.example", "tenant_viewer"),
    }


async def test_of_who_was_erased_only_that_is_told(world: World, anna: httpx2.AsyncClient) -> None:
    await world.box.destroy(UUID(world.anna.id))
    [item] = (await anna.get("/members")).json()["items"]
    assert item["email"] == item["name"] == {"redacted": "erased"}


async def test_from_above_a_tenants_people_are_seen_and_from_beside_not(world: World, bob: Actor) -> None:
    path = f"/tenants/{world.tenant}/members"
    for actor, expected in ((world.reseller, 200), (world.admin, 200), (world.rival, 404), (world.zoe, 404)):
        async with world.client(actor) as client:
            assert (await client.get(path)).status_code == expected


async def test_a_role_is_changed_and_old_tokens_are_asked_about(world: World, bob: Actor) -> None:
    response = await change(world, world.anna, bob, Role.TENANT_BUILDER)
    assert response.status_code == 200
    assert [row.role for row in world.reads.member_rows if str(row.id) == bob.id] == ["tenant_builder"]


async def test_nobody_lifts_themselves_or_others_above_their_own_role(world: World, bob: Actor) -> None:
    problem(await change(world, world.anna, world.anna, Role.TENANT_OWNER), 403, "identity.role_above_yours")
    problem(await change(world, world.anna, bob, Role.TENANT_OWNER), 403, "identity.role_above_yours")
    problem(await change(world, world.anna, bob, Role.PLATFORM_ADMIN), 400, "identity.role_does_not_fit")
    problem(await change(world, bob, bob, Role.TENANT_ADMIN), 403, "auth.forbidden")


async def test_ownership_changes_hands_only_right_after_signing_in(
    world: World, owner: Actor, bob: Actor
) -> None:
    problem(await change(world, stale(owner), bob, Role.TENANT_OWNER), 403, "auth.step_up_required")
    assert (await change(world, stale(owner), bob, Role.TENANT_BUILDER)).status_code == 200
    assert (await change(world, owner, bob, Role.TENANT_OWNER)).status_code == 200
    problem(await remove(world, stale(owner), bob), 403, "auth.step_up_required")


async def test_everybody_may_leave_but_the_last_owner(world: World, owner: Actor, bob: Actor) -> None:
    assert (await remove(world, bob, bob)).status_code == 200
    problem(await remove(world, owner, owner), 409, "identity.last_of_its_kind")
    problem(await remove(world, world.anna, owner), 403, "identity.role_above_yours")


async def test_support_in_a_users_name_cannot_leave_for_them(world: World, bob: Actor) -> None:
    helper = bob.model_copy(update={"impersonator": world.admin.id})
    problem(await remove(world, helper, bob), 403, "identity.not_your_place")
