from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from contexts.identity.facts import SupportFacts
from contexts.identity.registry import REGISTRY
from schemas.access import PERMISSIONS, Permission, Role
from schemas.access_limits import for_support
from schemas.base import TenantId, UserId
from schemas.envelope import Actor
from schemas.identity import support as s
from tests.support.builders import NOW, PARTNER_ID, SYSTEM, TENANT_ID
from tests.support.people import sealed
from tests.support.spec import Given, Spec

P = Permission
ID, ANNA, SAM = UUID(int=95), UserId(UUID(int=96)), UserId(UUID(int=97))
SUPPORT = Actor(kind="user", id=str(SAM), role=Role.PLATFORM_SUPPORT)
ADMIN = Actor(kind="user", id=str(ANNA), role=Role.TENANT_ADMIN, tenant_id=TENANT_ID, partner_id=PARTNER_ID)


def given(*events: Any, role: Role | None = Role.TENANT_ADMIN) -> Given:
    return Spec(REGISTRY).given(*events).knowing(SupportFacts(role=role))


def start(**changes: Any) -> s.StartImpersonation:
    defaults = {
        "tenant_id": TENANT_ID,
        "place_name": "Shop",
        "impersonation_id": ID,
        "user_id": ANNA,
        "email": sealed(ANNA, "anna@acme.example"),
        "by": sealed(SAM, "Sam"),
        "reason": "Ticket 7: a run that does not end.",
        "minutes": 30,
        "write": False,
    }
    return s.StartImpersonation(**{**defaults, **changes})


def started(role: Role = Role.TENANT_ADMIN, **changes: Any) -> s.ImpersonationStarted:
    command = start(**changes)
    return s.ImpersonationStarted(
        **command.model_dump(exclude={"minutes"}),
        role=role,
        support_id=SAM,
        scopes=tuple(sorted(for_support(role, command.write))),
        until=NOW + timedelta(minutes=command.minutes),
    )


def ended(by: s.EndedBy, id_: UUID = ID) -> s.ImpersonationEnded:
    return s.ImpersonationEnded(tenant_id=TENANT_ID, impersonation_id=id_, ended_by=by)


ALLOWED = s.SupportWritesAllowed(
    tenant_id=TENANT_ID, reason="Please repair it.", until=NOW + timedelta(hours=24)
)
WITHDRAWN = s.SupportWritesWithdrawn(tenant_id=TENANT_ID)


def test_support_reads_in_a_users_name() -> None:
    given().by(SUPPORT).when(start()).then(started())
    assert started().scopes == (P.AUTHORING_READ, P.EXECUTIONS_READ, P.TENANTS_READ)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("write", [False, True])
def test_whoever_it_is_money_people_and_keys_are_out_of_reach(role: Role, write: bool) -> None:
    words = {permission.partition(":")[0] for permission in for_support(role, write)}
    assert words <= {"tenants", "authoring", "executions"}
    assert for_support(role, write) <= PERMISSIONS[role]


def test_it_needs_a_reason_and_half_an_hour_at_most() -> None:
    for wrong in ({"reason": " "}, {"minutes": 31}, {"minutes": 0}):
        with pytest.raises(ValidationError):
            start(**wrong)


def test_only_members_are_acted_as() -> None:
    given(role=None).by(SUPPORT).when(start()).refused("identity.not_a_member")


@pytest.mark.parametrize(
    "actor",
    [
        SUPPORT.model_copy(update={"impersonator": str(UUID(int=1))}),
        SUPPORT.model_copy(update={"kind": "service"}),
        ADMIN,
        SYSTEM,
    ],
    ids=["in somebody's name", "a program", "a tenant's admin", "the system"],
)
def test_only_a_person_of_the_platform_starts_it_as_themselves(actor: Actor) -> None:
    given().by(actor).when(start()).refused("identity.not_in_person")


def test_changes_need_the_tenants_consent_and_end_with_it() -> None:
    write = start(write=True)
    given().by(SUPPORT).when(write).refused("identity.support_writes_not_allowed")
    given(ALLOWED).by(SUPPORT).when(write).then(started(write=True))
    given(ALLOWED).at(ALLOWED.until).by(SUPPORT).when(write).refused("identity.support_writes_not_allowed")
    given(ALLOWED, WITHDRAWN).by(SUPPORT).when(write).refused("identity.support_writes_not_allowed")


def test_consent_is_the_tenants_own() -> None:
    allow = s.AllowSupportWrites(tenant_id=TENANT_ID, reason=ALLOWED.reason)
    given().by(ADMIN).when(allow).then(ALLOWED)
    stranger = ADMIN.model_copy(update={"tenant_id": TenantId(UUID(int=99))})
    given().by(stranger).when(allow).refused("identity.not_theirs_to_allow")
    for actor in (
        Actor(kind="user", id="root", role=Role.PLATFORM_ADMIN),
        ADMIN.model_copy(update={"impersonator": str(SAM)}),
        ADMIN.model_copy(update={"kind": "service"}),
    ):
        given().by(actor).when(allow).refused("identity.not_in_person")


def test_withdrawing_consent_ends_what_changes_things() -> None:
    reading = started(impersonation_id=UUID(int=98))
    withdraw = s.WithdrawSupportWrites(tenant_id=TENANT_ID)
    given(ALLOWED, started(write=True), reading).by(ADMIN).when(withdraw).then(WITHDRAWN, ended("tenant"))
    given(ALLOWED, WITHDRAWN).by(ADMIN).when(withdraw).nothing()


def test_support_ends_its_own() -> None:
    end = s.EndImpersonation(tenant_id=TENANT_ID, impersonation_id=ID)
    given(started()).by(SUPPORT).when(end).then(ended("support"))
    other = SUPPORT.model_copy(update={"id": str(UUID(int=55))})
    given(started()).by(other).when(end).refused("identity.impersonation_not_found")
    given(started(), ended("support")).by(SUPPORT).when(end).refused("identity.impersonation_not_found")


def test_the_tenant_ends_what_it_wants_to() -> None:
    revoke = s.RevokeImpersonation(tenant_id=TENANT_ID, impersonation_id=ID)
    given(started()).by(ADMIN).when(revoke).then(ended("tenant"))
    given().by(ADMIN).when(revoke).refused("identity.impersonation_not_found")


def test_it_ends_by_itself() -> None:
    expire = s.ExpireImpersonation(tenant_id=TENANT_ID, impersonation_id=ID)
    given(started()).when(expire).nothing()
    given(started()).at(NOW + timedelta(minutes=30)).when(expire).then(ended("time"))
    given(started(), ended("tenant")).at(NOW + timedelta(minutes=30)).when(expire).nothing()


def test_what_is_under_way_is_bounded() -> None:
    many = [started(impersonation_id=UUID(int=1000 + n)) for n in range(20)]
    given(*many).by(SUPPORT).when(start()).refused("identity.too_many_impersonations")
