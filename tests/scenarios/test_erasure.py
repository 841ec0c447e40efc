"""Somebody asks to be forgotten."""

from uuid import UUID

from schemas.access import Role
from schemas.base import UserId
from schemas.envelope import Actor
from schemas.identity.commands import DisbandTeam, EraseUser, GrantMembership, RegisterUser
from schemas.identity.events import ErasureDone
from schemas.identity.types import Place
from tests.support.builders import PARTNER_ID, TENANT_ID, USER_ID, new_user
from tests.support.harness import Harness
from tests.support.story import accept, given_tenant

BOB = new_user("bob@example.com", "Bob", UUID(int=61))
AT_TENANT = Place(tenant_id=TENANT_ID, partner_id=PARTNER_ID)
AT_PARTNER = Place(partner_id=PARTNER_ID)
SYSTEM = Actor(kind="system", id="edge")


def person(user_id: UserId) -> Actor:
    return Actor(
        kind="user", id=str(user_id), role=Role.TENANT_VIEWER, tenant_id=TENANT_ID, partner_id=PARTNER_ID
    )


def given_bob(h: Harness) -> None:
    given_tenant(h)
    accept(h.submit(RegisterUser(**dict(BOB)), as_=SYSTEM))
    for place, role in ((AT_TENANT, Role.TENANT_VIEWER), (AT_PARTNER, Role.PARTNER_MEMBER)):
        accept(h.submit(GrantMembership(place=place, person=BOB, role=role), as_=SYSTEM))
    h.run()


def test_keys_go_first_then_all_their_places_and_a_receipt_says_what_was_touched() -> None:
    h = Harness()
    given_bob(h)
    accept(h.submit(EraseUser(user_id=BOB.user_id, reason="Please."), as_=person(BOB.user_id)))
    h.run()
    assert h.vault.erased == [BOB.user_id]
    assert BOB.user_id not in h.state(f"team-{TENANT_ID}").roles
    assert BOB.user_id not in h.state(f"team-{PARTNER_ID}").roles
    [receipt] = [e for e in h.events(f"user-{BOB.user_id}") if isinstance(e, ErasureDone)]
    assert receipt.touched == {"keys": 1, "passwords": 1, "memberships": 2}
    assert h.refused == []


def test_nobody_erases_somebody_else() -> None:
    h = Harness()
    given_bob(h)
    answer = h.submit(EraseUser(user_id=USER_ID, reason="Mine!"), as_=person(BOB.user_id))
    assert answer.refusal and answer.refusal.code == "access.not_found"


def test_when_a_tenant_is_closed_who_is_nowhere_else_is_forgotten() -> None:
    h = Harness()
    given_bob(h)
    accept(h.submit(DisbandTeam(place=AT_TENANT, reason="The tenant was closed."), as_=SYSTEM))
    h.run()
    assert h.vault.erased == [USER_ID]
    assert h.state(f"user-{USER_ID}").erased and not h.state(f"user-{BOB.user_id}").erased
    assert h.state(f"team-{PARTNER_ID}").roles[BOB.user_id] is Role.PARTNER_MEMBER


def test_an_erased_owner_leaves_even_an_orphaned_tenant() -> None:
    h = Harness()
    given_bob(h)
    accept(h.submit(EraseUser(user_id=USER_ID, reason="Please."), as_=person(USER_ID)))
    h.run()
    assert h.state(f"team-{TENANT_ID}").roles == {BOB.user_id: Role.TENANT_VIEWER}
