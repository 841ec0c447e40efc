from typing import Any
from uuid import UUID

import pytest

from contexts.identity.registry import REGISTRY
from schemas.access import Role
from schemas.base import PartnerId, TenantId, UserId
from schemas.envelope import Actor
from schemas.identity import commands as c
from schemas.identity import events as e
from schemas.identity.types import Place
from tests.support.builders import OTHER_PARTNER_ID, PARTNER_ID, TENANT_ID
from tests.support.people import person
from tests.support.spec import Spec

given = Spec(REGISTRY).given
TENANT = Place(tenant_id=TENANT_ID, partner_id=PARTNER_ID)
PLACES = {"tenant": TENANT, "partner": Place(partner_id=PARTNER_ID), "platform": Place()}
OWNER, BOB = person(user_id=UUID(int=60)), person("bob@example.com", "Bob", UUID(int=61))


def granted(who: Any, role: Role, place: Place = TENANT) -> e.MembershipGranted:
    return e.MembershipGranted(place=place, person=who, role=role)


def grant(role: Role, place: Place = TENANT) -> c.GrantMembership:
    return c.GrantMembership(place=place, person=BOB, role=role)


def actor(role: Role, tenant: TenantId | None = TENANT_ID, partner: PartnerId | None = PARTNER_ID) -> Actor:
    return Actor(kind="user", id=str(OWNER.user_id), role=role, tenant_id=tenant, partner_id=partner)


OWNED = granted(OWNER, Role.TENANT_OWNER)
JOINED = granted(BOB, Role.TENANT_VIEWER)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("level", PLACES)
def test_a_role_is_given_only_where_it_belongs(role: Role, level: str) -> None:
    outcome = given().when(grant(role, PLACES[level]))
    if role.level == level:
        outcome.then(granted(BOB, role, PLACES[level]))
    else:
        outcome.refused("identity.role_does_not_fit")


def test_the_same_role_again_says_nothing_and_another_is_a_change() -> None:
    given(JOINED).when(grant(Role.TENANT_VIEWER)).nothing()
    given(JOINED).when(grant(Role.TENANT_ADMIN)).refused("identity.already_member")


def test_nobody_gives_a_role_that_can_do_more_than_theirs() -> None:
    admin = actor(Role.TENANT_ADMIN)
    given(OWNED).by(admin).when(grant(Role.TENANT_BUILDER)).then(granted(BOB, Role.TENANT_BUILDER))
    given(OWNED).by(admin).when(grant(Role.TENANT_OWNER)).refused("identity.role_above_yours")


def test_nobody_takes_a_role_that_can_do_more_than_theirs() -> None:
    boss, admin = granted(BOB, Role.TENANT_OWNER), actor(Role.TENANT_ADMIN)
    demote = c.ChangeRole(place=TENANT, user_id=BOB.user_id, role=Role.TENANT_VIEWER)
    given(OWNED, boss).by(admin).when(demote).refused("identity.role_above_yours")


@pytest.mark.parametrize(
    "stranger",
    [
        actor(Role.TENANT_OWNER, tenant=TenantId(UUID(int=99))),
        actor(Role.PARTNER_ADMIN, tenant=None, partner=OTHER_PARTNER_ID),
        actor(Role.TENANT_BUILDER),
    ],
    ids=["another tenant", "another partner", "without the right"],
)
def test_a_team_is_managed_from_inside_or_above(stranger: Actor) -> None:
    given(OWNED).by(stranger).when(grant(Role.TENANT_VIEWER)).refused("identity.not_your_place")


def test_a_partner_may_name_its_tenants_owner() -> None:
    partner = actor(Role.PARTNER_ADMIN, tenant=None)
    given().by(partner).when(grant(Role.TENANT_OWNER)).then(granted(BOB, Role.TENANT_OWNER))


def test_everybody_may_leave() -> None:
    leave = c.RevokeMembership(place=TENANT, user_id=BOB.user_id, reason="Moving on.")
    bob = Actor(kind="user", id=str(BOB.user_id), role=Role.TENANT_VIEWER, tenant_id=TENANT_ID)
    left = e.MembershipRevoked(place=TENANT, user_id=BOB.user_id, reason="Moving on.")
    given(OWNED, JOINED).by(bob).when(leave).then(left)
    given(OWNED, JOINED, left).by(bob).when(leave).refused("identity.not_a_member")


def test_the_last_owner_stays() -> None:
    leave = c.RevokeMembership(place=TENANT, user_id=OWNER.user_id, reason="Moving on.")
    owner = actor(Role.TENANT_OWNER)
    given(OWNED, JOINED).by(owner).when(leave).refused("identity.last_of_its_kind")
    step_down = c.ChangeRole(place=TENANT, user_id=OWNER.user_id, role=Role.TENANT_ADMIN)
    given(OWNED, JOINED).by(owner).when(step_down).refused("identity.last_of_its_kind")
    second = granted(BOB, Role.TENANT_OWNER)
    given(OWNED, second).by(owner).when(step_down).then(e.RoleChanged(**dict(step_down)))


def test_teams_are_bounded() -> None:
    many = [
        granted(OWNER.model_copy(update={"user_id": UserId(UUID(int=1000 + n))}), Role.TENANT_VIEWER)
        for n in range(1000)
    ]
    given(*many).when(grant(Role.TENANT_VIEWER)).refused("identity.too_many_members")
