"""From an invitation to a tenant that works, in memory; in disorder it is the same story."""

from datetime import timedelta
from uuid import UUID

import pytest

from schemas.access import Role
from schemas.envelope import Actor, Answer
from schemas.identity import events as e
from schemas.identity import invitations as i
from schemas.identity import support as s
from schemas.identity.types import Place
from schemas.tenancy.events import TenantActivated
from schemas.tenancy.life import BeginClosing
from tests.support.builders import (
    NOW,
    PARTNER_ID,
    SYSTEM,
    TENANT_ID,
    app_admin,
    create_partner,
    new_user,
    partner_admin,
    provision_tenant,
)
from tests.support.fakes.personal import sealed
from tests.support.harness import Harness
from tests.support.people import index, person
from tests.support.story import accept, given_tenant, start

ID, OLGA, SAM = UUID(int=80), person("olga@shop.example", "Olga", UUID(int=81)), UUID(int=82)
AT = Place(tenant_id=TENANT_ID, partner_id=PARTNER_ID)
LINK = "https://hb.example/invitations/accept#hbi_x"
INVITE = i.Invite(
    place=AT,
    place_name="Shop",
    invitation_id=ID,
    role=Role.TENANT_OWNER,
    email=sealed("olga@shop.example", ID),
    email_index=index("olga@shop.example"),
    inviter=sealed("Rita", ID),
    link=sealed(LINK, ID),
    token_hash="a" * 64,
    days=14,
)
ACCEPT = i.AcceptInvitation(place=AT, invitation_id=ID, token_hash="a" * 64, person=OLGA)


@pytest.fixture(params=[None, 7])
def h(request: pytest.FixtureRequest) -> Harness:
    return Harness(seed=request.param)


def code(answer: Answer) -> str:
    return answer.refusal.code if answer.refusal else "accepted"


def given_invited_owner(h: Harness) -> None:
    boss = new_user(user_id=UUID(int=41), email="boss@northwind.example")
    accept(h.submit(create_partner(admin=boss), as_=app_admin()))
    h.run()
    accept(h.submit(provision_tenant(owner=None), as_=partner_admin()))
    accept(h.submit(INVITE, as_=partner_admin()))
    h.run()


def test_a_tenant_works_when_its_invited_owner_accepts(h: Harness) -> None:
    given_invited_owner(h)
    assert TenantActivated(tenant_id=TENANT_ID) not in h.events(f"tenant-{TENANT_ID}")
    assert {(mail.to, mail.values["link"]) for mail in h.mailer.sent} == {("olga@shop.example", LINK)}
    accept(h.submit(ACCEPT, as_=SYSTEM))
    h.run()
    registered = h.events(f"user-{OLGA.user_id}")[0]
    assert isinstance(registered, e.UserRegistered) and registered.verified
    granted = e.MembershipGranted(place=AT, person=OLGA, role=Role.TENANT_OWNER)
    assert h.events(f"team-{TENANT_ID}") == [granted]
    assert TenantActivated(tenant_id=TENANT_ID) in h.events(f"tenant-{TENANT_ID}")
    again = h.submit(ACCEPT, as_=SYSTEM)
    assert again.refusal is not None and again.refusal.code == "identity.invitation_not_valid"
    assert h.vault.forgotten == {ID}


def test_who_is_invited_to_a_tenant_that_closes_is_invited_no_more(h: Harness) -> None:
    given_invited_owner(h)
    accept(h.submit(BeginClosing(tenant_id=TENANT_ID, reason="A mistake.", grace_days=1), as_=app_admin()))
    h.advance(timedelta(days=2).total_seconds())
    assert h.events(f"invitations-{TENANT_ID}")[-1] == i.InvitationRevoked(place=AT, invitation_id=ID)
    assert ID in h.vault.forgotten
    late = INVITE.model_copy(update={"invitation_id": UUID(int=83)})
    assert code(h.submit(ACCEPT, as_=SYSTEM)) == "identity.invitation_not_valid"
    assert code(h.submit(late, as_=partner_admin())) == "identity.place_closed"


def test_an_invitation_nobody_answers_is_over_by_itself(h: Harness) -> None:
    given_invited_owner(h)
    h.advance(timedelta(days=14, minutes=1).total_seconds())
    assert h.events(f"invitations-{TENANT_ID}")[-1] == i.InvitationExpired(place=AT, invitation_id=ID)
    assert h.vault.forgotten == {ID}
    assert h.submit(ACCEPT, as_=SYSTEM).refusal is not None


def test_support_ends_by_itself_and_what_it_did_is_told_as_its_own(h: Harness) -> None:
    given_tenant(h)
    owner = new_user()
    support = Actor(kind="user", id=str(SAM), role=Role.PLATFORM_SUPPORT)
    command = s.StartImpersonation(
        tenant_id=TENANT_ID,
        place_name="Shop",
        impersonation_id=ID,
        user_id=owner.user_id,
        email=owner.email,
        by=sealed("Sam", SAM),
        reason="Ticket 7",
        heads=(sealed("olga@shop.example", OLGA.user_id), sealed("hal@shop.example", UUID(int=83))),
    )
    accept(h.submit(command, as_=support))
    helper = Actor(
        kind="user",
        id=str(owner.user_id),
        role=Role.TENANT_OWNER,
        tenant_id=TENANT_ID,
        partner_id=PARTNER_ID,
        scopes=frozenset(),
        session_id=ID,
        impersonator=str(SAM),
    )
    refused = h.submit(start(), as_=helper)
    assert refused.refusal is not None and refused.refusal.code == "access.denied"
    chained = h.submit(command.model_copy(update={"impersonation_id": UUID(int=9)}), as_=helper)
    assert chained.refusal is not None and chained.refusal.code == "access.denied"
    h.advance(timedelta(minutes=31).total_seconds())
    ended = s.ImpersonationEnded(tenant_id=TENANT_ID, impersonation_id=ID, ended_by="time")
    assert h.events(f"support-{TENANT_ID}")[-1] == ended
    told = [mail for mail in h.mailer.sent if mail.template == "impersonation_started"]
    assert {(mail.to, mail.values["by"], mail.values["reason"]) for mail in told} == {
        ("ada@example.com", "Sam", "Ticket 7")
    }
    seen = [mail for mail in h.mailer.sent if mail.template == "impersonation_seen"]
    assert {(mail.to, mail.values["user"], mail.values["by"]) for mail in seen} == {
        ("olga@shop.example", "ada@example.com", "Sam"),
        ("hal@shop.example", "ada@example.com", "Sam"),
    }
    assert h.clock.now > NOW
