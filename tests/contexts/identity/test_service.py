from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from contexts.identity.registry import REGISTRY
from schemas.access import PERMISSIONS, Permission, Role
from schemas.access_limits import ONLY_IN_PERSON, for_programs
from schemas.base import TenantId
from schemas.envelope import Actor
from schemas.identity import services as s
from schemas.identity.secrets import inside
from schemas.identity.types import Place
from tests.support.builders import NOW, OTHER_PARTNER_ID, PARTNER_ID, TENANT_ID
from tests.support.spec import Spec

given = Spec(REGISTRY).given
P = Permission
TENANT = Place(tenant_id=TENANT_ID, partner_id=PARTNER_ID)
ID, KEY, NEW = UUID(int=90), UUID(int=91), UUID(int=92)
HASH, NEW_HASH = "a" * 64, "b" * 64
CREATED = s.ServiceCreated(place=TENANT, service_id=ID, name="Nightly", role=Role.TENANT_OPERATOR)
SCOPES = (P.EXECUTIONS_READ, P.EXECUTIONS_START)


def actor(role: Role, **changes: Any) -> Actor:
    at = {"tenant_id": TENANT_ID, "partner_id": PARTNER_ID}
    return Actor(kind="user", id="x", role=role, **{**at, **changes})


ADMIN = actor(Role.TENANT_ADMIN)


def issue(**changes: Any) -> s.IssueKey:
    what = {"prefix": "abcdefgh", "hash": HASH, "label": "CI", "scopes": SCOPES, "days": 90}
    return s.IssueKey(**{"place": TENANT, "service_id": ID, "key_id": KEY, **what, **changes})


def issued(**changes: Any) -> s.KeyIssued:
    command = issue(**changes)
    fields = command.model_dump(exclude={"days"})
    return s.KeyIssued(**fields, issued_at=NOW, expires_at=NOW + timedelta(days=command.days))


def rotate(**changes: Any) -> s.RotateKey:
    what = {"new_id": NEW, "prefix": "zzzzzzzz", "hash": NEW_HASH, "overlap_minutes": 60}
    return s.RotateKey(**{"place": TENANT, "service_id": ID, "key_id": KEY, **what, **changes})


def retired(at: Any) -> s.KeyRetired:
    return s.KeyRetired(place=TENANT, service_id=ID, key_id=KEY, expires_at=at)


def test_an_account_is_made_once_and_its_name_is_its_own() -> None:
    create = s.CreateService(**dict(CREATED))
    given().by(ADMIN).when(create).then(CREATED)
    given(CREATED).by(ADMIN).when(create).nothing()
    other = create.model_copy(update={"service_id": UUID(int=99)})
    given(CREATED).by(ADMIN).when(other).refused("identity.service_exists")


def test_accounts_of_a_place_are_bounded() -> None:
    many = [CREATED.model_copy(update={"service_id": UUID(int=1000 + n), "name": f"n{n}"}) for n in range(50)]
    given(*many).by(ADMIN).when(s.CreateService(**dict(CREATED))).refused("identity.too_many_services")


def test_no_account_may_more_than_who_makes_it() -> None:
    create = s.CreateService(**{**dict(CREATED), "role": Role.TENANT_OWNER})
    given().by(ADMIN).when(create).refused("identity.role_above_yours")
    promote = s.SetServiceRole(place=TENANT, service_id=ID, role=Role.TENANT_OWNER)
    given(CREATED).by(ADMIN).when(promote).refused("identity.role_above_yours")


@pytest.mark.parametrize(
    "stranger",
    [
        actor(Role.TENANT_OWNER, tenant_id=TenantId(UUID(int=99))),
        actor(Role.PARTNER_ADMIN, tenant_id=None),
        actor(Role.PARTNER_ADMIN, tenant_id=None, partner_id=OTHER_PARTNER_ID),
        actor(Role.PLATFORM_ADMIN, tenant_id=None, partner_id=None),
        actor(Role.TENANT_BUILDER),
    ],
    ids=["another tenant", "its partner", "another partner", "the platform", "without the right"],
)
def test_programs_are_let_in_from_inside_only(stranger: Actor) -> None:
    """From above, one could make a program that may do what one may not."""
    given().by(stranger).when(s.CreateService(**dict(CREATED))).refused("identity.not_your_place")
    given(CREATED).by(stranger).when(issue()).refused("identity.not_your_place")
    given(CREATED, issued()).by(stranger).when(rotate()).refused("identity.not_your_place")


def test_a_key_is_issued_for_a_time() -> None:
    given(CREATED).by(ADMIN).when(issue()).then(issued())
    given(CREATED, issued()).by(ADMIN).when(issue()).nothing()
    with pytest.raises(ValidationError):
        issue(days=367)


def test_a_key_never_does_more_than_its_accounts_role() -> None:
    beyond = issue(scopes=(*SCOPES, P.AUTHORING_WRITE))
    given(CREATED).by(ADMIN).when(beyond).refused("identity.scope_above_role")


def test_nor_more_than_who_asks_for_it() -> None:
    narrow = actor(Role.TENANT_ADMIN, scopes=frozenset({P.KEYS_MANAGE, P.EXECUTIONS_READ}))
    given(CREATED).by(narrow).when(issue()).refused("identity.scope_above_role")
    given(CREATED).by(narrow).when(issue(scopes=(P.EXECUTIONS_READ,))).then(
        issued(scopes=(P.EXECUTIONS_READ,))
    )


@pytest.mark.parametrize("permission", sorted(PERMISSIONS[Role.TENANT_OWNER] & ONLY_IN_PERSON))
def test_what_only_people_do_is_no_keys_scope(permission: Permission) -> None:
    owned = CREATED.model_copy(update={"role": Role.TENANT_OWNER})
    owner = actor(Role.TENANT_OWNER)
    given(owned).by(owner).when(issue(scopes=(permission,))).refused("identity.scope_above_role")


def test_no_role_lets_a_program_manage_people_or_programs() -> None:
    for role in Role:
        assert not for_programs(role) & ONLY_IN_PERSON


def test_a_rotated_key_counts_a_while_longer() -> None:
    new = issued(key_id=NEW, prefix="zzzzzzzz", hash=NEW_HASH)
    old = retired(NOW + timedelta(hours=1))
    given(CREATED, issued()).by(ADMIN).when(rotate()).then(new, old)
    given(CREATED, issued(), new, old).by(ADMIN).when(rotate()).nothing()
    again = rotate(new_id=UUID(int=93))
    given(CREATED, issued(), new, old).by(ADMIN).when(again).refused("identity.key_not_found")


def test_rotating_does_not_make_the_old_key_live_longer() -> None:
    soon = issued(days=1)
    long = rotate(overlap_minutes=7 * 24 * 60)
    new = issued(key_id=NEW, prefix="zzzzzzzz", hash=NEW_HASH)
    given(CREATED, soon).by(ADMIN).when(long).then(new, retired(NOW + timedelta(days=1)))


def test_a_key_whose_role_shrank_is_not_rotated_into_its_old_scopes() -> None:
    shrunk = s.ServiceRoleSet(place=TENANT, service_id=ID, role=Role.TENANT_VIEWER)
    given(CREATED, issued(), shrunk).by(ADMIN).when(rotate()).refused("identity.scope_above_role")


def test_a_revoked_key_is_gone() -> None:
    revoke = s.RevokeKey(place=TENANT, service_id=ID, key_id=KEY)
    gone = s.KeyRevoked(**dict(revoke))
    given(CREATED, issued()).by(ADMIN).when(revoke).then(gone)
    given(CREATED, issued(), gone).by(ADMIN).when(revoke).refused("identity.key_not_found")


def test_keys_in_use_are_bounded_and_old_ones_do_not_count() -> None:
    many = [issued(key_id=UUID(int=1000 + n)) for n in range(10)]
    given(CREATED, *many).by(ADMIN).when(issue()).refused("identity.too_many_keys")
    later = NOW + timedelta(days=91)
    command = issue()
    fresh = s.KeyIssued(
        **command.model_dump(exclude={"days"}), issued_at=later, expires_at=later + timedelta(days=90)
    )
    given(CREATED, *many).by(ADMIN).at(later).when(command).then(fresh)


def test_a_closed_account_is_gone_with_its_keys() -> None:
    closed = s.ServiceClosed(place=TENANT, service_id=ID)
    given(CREATED).by(ADMIN).when(s.CloseService(**dict(closed))).then(closed)
    given(CREATED, issued(), closed).by(ADMIN).when(issue()).refused("identity.service_not_found")


@pytest.mark.parametrize(
    "address, networks, expected",
    [
        ("10.1.2.3", (), True),
        ("10.1.2.3", ("10.0.0.0/8",), True),
        ("11.1.2.3", ("10.0.0.0/8", "192.168.0.1/32"), False),
        ("::ffff:10.1.2.3", ("10.0.0.0/8",), True),
        ("2001:db8::1", ("2001:db8::/32",), True),
        ("2001:db8::1", ("10.0.0.0/8",), False),
        ("no address", ("0.0.0.0/0",), False),
    ],
)
def test_where_a_key_counts(address: str, networks: tuple[str, ...], expected: bool) -> None:
    assert inside(address, networks) is expected


def test_a_network_is_written_one_way() -> None:
    assert issue(networks=(" 10.1.2.3/8 ", "::1")).networks == ("10.0.0.0/8", "::1/128")
    with pytest.raises(ValidationError):
        issue(networks=("10.0.0.0/99",))
