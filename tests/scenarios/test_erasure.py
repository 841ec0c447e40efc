"""Somebody asks to be forgotten."""

from uuid import UUID, uuid5

import pytest

from schemas.access import Role
from schemas.base import UserId
from schemas.envelope import Actor
from schemas.identity import invitations as i
from schemas.identity.commands import DisbandTeam, EraseUser, GrantMembership, RegisterUser
from schemas.identity.events import ErasureDone
from schemas.identity.types import Place
from schemas.notifications.mail_error import MailError
from tests.support.builders import PARTNER_ID, TENANT_ID, USER_ID, new_user
from tests.support.fakes.personal import sealed
from tests.support.harness import Harness
from tests.support.people import index
from tests.support.story import accept, given_tenant

BOB = new_user("bob@example.com", "Bob", UUID(int=61))
AT_TENANT = Place(tenant_id=TENANT_ID, partner_id=PARTNER_ID)
AT_PARTNER = Place(partner_id=PARTNER_ID)
SYSTEM = Actor(kind="system", id="edge")
INVITATION = UUID(int=80)
DAY = 86_400.0


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
    assert receipt.touched == {"keys": 1, "passwords": 1, "memberships": 2, "invitations": 0}
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
    assert TENANT_ID in h.vault.forgotten
    assert h.state(f"user-{USER_ID}").erased and not h.state(f"user-{BOB.user_id}").erased
    assert h.state(f"team-{PARTNER_ID}").roles[BOB.user_id] is Role.PARTNER_MEMBER


def test_an_erased_owner_leaves_even_an_orphaned_tenant() -> None:
    h = Harness()
    given_bob(h)
    accept(h.submit(EraseUser(user_id=USER_ID, reason="Please."), as_=person(USER_ID)))
    h.run()
    assert h.state(f"team-{TENANT_ID}").roles == {BOB.user_id: Role.TENANT_VIEWER}


def invited(email: str) -> i.Invite:
    return i.Invite(
        place=AT_PARTNER,
        place_name="Northwind",
        invitation_id=INVITATION,
        role=Role.PARTNER_MEMBER,
        email=sealed(email, INVITATION),
        email_index=index(email),
        inviter=sealed("Rita", INVITATION),
        link=sealed("https://hb.example/x", INVITATION),
        token_hash="a" * 64,
    )


@pytest.mark.parametrize(("email", "left"), [("bob@example.com", set()), ("eve@example.com", {INVITATION})])
def test_open_invitations_to_their_address_end_and_no_others(email: str, left: set[UUID]) -> None:
    h = Harness(seed=7)
    given_bob(h)
    accept(h.submit(invited(email), as_=SYSTEM))
    accept(h.submit(EraseUser(user_id=BOB.user_id, reason="Please."), as_=person(BOB.user_id)))
    h.run()
    assert set(h.state(f"invitations-{PARTNER_ID}").pending) == left
    assert h.vault.forgotten == {INVITATION} - left


@pytest.mark.parametrize("seed", [None, 7])
def test_the_last_letter_arrives_though_their_key_is_gone(seed: int | None) -> None:
    h = Harness(seed=seed)
    given_bob(h)
    h.mailer.errors = [MailError("letter.server_unreachable", retryable=True)] * 2
    farewell = sealed("bob@example.com", uuid5(BOB.user_id, "farewell"))
    erase = EraseUser(user_id=BOB.user_id, reason="Please.", farewell=farewell)
    accept(h.submit(erase, as_=person(BOB.user_id)))
    h.personal.erased = {BOB.user_id}
    h.advance(DAY)
    assert {(mail.to, mail.template) for mail in h.mailer.sent} == {("bob@example.com", "erased")}


def test_who_goes_with_their_tenant_is_told_too() -> None:
    h = Harness()
    given_bob(h)
    accept(h.submit(DisbandTeam(place=AT_TENANT, reason="The tenant was closed."), as_=SYSTEM))
    h.run()
    assert [(mail.to, mail.template) for mail in h.mailer.sent] == [("ada@example.com", "erased")]
