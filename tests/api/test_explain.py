import httpx2
import pytest

from schemas.access import PERMISSIONS, Permission, Role
from schemas.access_explained import explain
from schemas.access_limits import for_support
from schemas.base import PartnerId, TenantId
from schemas.envelope import Actor
from schemas.identity.types import Place
from tests.api.world import World, problem
from tests.support.builders import OTHER_PARTNER_ID, PARTNER_ID, TENANT_ID

HERE = Place(tenant_id=TENANT_ID, partner_id=PARTNER_ID)


def actor(role: Role, tenant: TenantId | None = TENANT_ID, partner: PartnerId | None = PARTNER_ID) -> Actor:
    return Actor(kind="user", id="x", role=role, tenant_id=tenant, partner_id=partner)


@pytest.mark.parametrize("role", [role for role in Role if role.level == "tenant"])
def test_it_says_what_the_table_says(role: Role) -> None:
    for permission in set(Permission) - {Permission.SELF}:
        decision = explain(actor(role), permission, HERE)
        assert decision.allowed is (permission in PERMISSIONS[role])
        assert decision.because
        assert all(permission in PERMISSIONS[named] for named in decision.roles)


def test_it_names_role_scope_and_place() -> None:
    write = Permission.AUTHORING_WRITE
    builder = actor(Role.TENANT_BUILDER)
    assert explain(builder, write, HERE).because[0] == "the role tenant_builder includes authoring:write"
    narrow = builder.model_copy(update={"scopes": frozenset(), "kind": "service"})
    assert explain(narrow, write, HERE).because == ("this service's access is not for authoring:write",)
    elsewhere = Place(tenant_id=TenantId(OTHER_PARTNER_ID))
    assert explain(builder, write, elsewhere).because == ("the role holds at another tenant only",)
    reseller = actor(Role.PARTNER_ADMIN, tenant=None, partner=OTHER_PARTNER_ID)
    assert explain(reseller, Permission.TENANTS_READ, HERE).because == ("this is another partner's",)


def test_it_names_the_limits_of_support() -> None:
    scopes = for_support(Role.TENANT_ADMIN)
    helper = actor(Role.TENANT_ADMIN).model_copy(update={"impersonator": "sam", "scopes": scopes})
    told = explain(helper, Permission.MEMBERS_READ, HERE)
    assert told.because == ("support in a user's name is not for members:read",)
    assert not explain(helper, Permission.SELF, HERE).allowed
    assert explain(actor(Role.TENANT_VIEWER), Permission.SELF, HERE).allowed


async def test_everybody_asks_about_themselves(world: World) -> None:
    viewer = world.add_user("vic@acme.example", Role.TENANT_VIEWER, world.partner, world.tenant)
    async with world.client(viewer) as client:
        told = (await client.get("/access/explain", params={"permission": "keys:manage"})).json()
        about = {"permission": "keys:manage", "user_id": world.anna.id}
        problem(await client.get("/access/explain", params=about), 403, "auth.forbidden")
    assert told["allowed"] is False
    assert told["because"] == ["the role tenant_viewer does not include keys:manage"]
    assert set(told["roles"]) == {"platform_admin", "partner_admin", "tenant_owner", "tenant_admin"}


async def test_who_may_see_who_did_what_asks_about_others_of_the_place(
    world: World, anna: httpx2.AsyncClient
) -> None:
    viewer = world.add_user("vic@acme.example", Role.TENANT_VIEWER, world.partner, world.tenant)
    about = {"permission": "executions:read", "user_id": viewer.id}
    assert (await anna.get("/access/explain", params=about)).json()["allowed"] is True
    strangers = {"permission": "executions:read", "user_id": world.zoe.id}
    problem(await anna.get("/access/explain", params=strangers), 404, "identity.not_a_member")
