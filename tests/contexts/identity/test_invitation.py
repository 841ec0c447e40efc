from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from contexts.identity.facts import PlaceFacts
from contexts.identity.registry import REGISTRY
from schemas.access import Permission, Role
from schemas.base import Event, TenantId
from schemas.envelope import Actor
from schemas.identity import commands as c
from schemas.identity import invitations as i
from schemas.identity.types import Place
from tests.support.builders import NOW, PARTNER_ID, TENANT_ID
from tests.support.people import index, person, sealed
from tests.support.spec import Given, Spec

spec = Spec(REGISTRY)
OPEN, CLOSED = PlaceFacts(closed=False), PlaceFacts(closed=True)
TENANT = Place(tenant_id=TENANT_ID, partner_id=PARTNER_ID)
ID, BOB = UUID(int=80), person("bob@example.com", "Bob", UUID(int=61))
FIRST, SECOND = "a" * 64, "b" * 64


def given(*events: Event) -> Given:
    """At a place that is open."""
    return spec.given(*events).knowing(OPEN)


def invite(**changes: Any) -> i.Invite:
    id_ = changes.get("invitation_id", ID)
    email = changes.pop("email", "bob@example.com")
    defaults = {
        "place": TENANT,
        "place_name": "Shop",
        "invitation_id": id_,
        "role": Role.TENANT_BUILDER,
        "email": sealed(id_, email),
        "email_index": index(email),
        "inviter": sealed(id_, "Ada"),
        "link": sealed(id_, "https://hb.example/invitations#t"),
        "token_hash": FIRST,
        "days": 7,
    }
    return i.Invite(**{**defaults, **changes})


def sent(**changes: Any) -> i.InvitationSent:
    command = invite(**changes)
    return i.InvitationSent(**dict(command), expires_at=NOW + timedelta(days=command.days))


def accept(**changes: Any) -> i.AcceptInvitation:
    defaults = {"place": TENANT, "invitation_id": ID, "token_hash": FIRST, "person": BOB}
    return i.AcceptInvitation(**{**defaults, **changes})


def actor(role: Role, scopes: frozenset[Permission] | None = None) -> Actor:
    return Actor(kind="user", id="x", role=role, tenant_id=TENANT_ID, partner_id=PARTNER_ID, scopes=scopes)


REVOKED = i.InvitationRevoked(place=TENANT, invitation_id=ID)
EXPIRED = i.InvitationExpired(place=TENANT, invitation_id=ID)
ACCEPTED = i.InvitationAccepted(place=TENANT, invitation_id=ID, person=BOB, role=Role.TENANT_BUILDER)


def test_an_invitation_is_sent_and_accepted_once() -> None:
    given().when(invite()).then(sent())
    given(sent()).when(accept()).then(ACCEPTED)
    given(sent(), ACCEPTED).when(accept()).refused("identity.invitation_not_valid")


@pytest.mark.parametrize(
    "wrong",
    [
        accept(token_hash=SECOND),
        accept(invitation_id=UUID(int=81)),
        accept(person=person("eve@example.com", "Eve", UUID(int=62))),
    ],
    ids=["guessed token", "another invitation", "another address"],
)
def test_it_opens_only_with_its_token_for_its_address(wrong: i.AcceptInvitation) -> None:
    given(sent()).when(wrong).refused("identity.invitation_not_valid")


@pytest.mark.parametrize("ended", [REVOKED, EXPIRED], ids=["revoked", "expired"])
def test_an_ended_one_opens_nothing(ended: Any) -> None:
    given(sent(), ended).when(accept()).refused("identity.invitation_not_valid")


def test_it_is_over_when_its_time_is_even_if_no_timer_said_so() -> None:
    late = NOW + timedelta(days=7)
    given(sent()).at(late).when(accept()).refused("identity.invitation_not_valid")
    expire = i.ExpireInvitation(place=TENANT, invitation_id=ID)
    given(sent()).when(expire).nothing()
    given(sent()).at(late).when(expire).then(EXPIRED)


def test_sent_again_only_the_last_token_counts() -> None:
    again = sent(token_hash=SECOND, days=14)
    given(sent()).when(invite(token_hash=SECOND, days=14)).then(again)
    given(sent(), again).when(accept()).refused("identity.invitation_not_valid")
    given(sent(), again).when(accept(token_hash=SECOND)).then(ACCEPTED)


def test_an_address_has_one_invitation_and_it_does_not_change_its_role() -> None:
    other = invite(invitation_id=UUID(int=81))
    given(sent()).when(other).refused("identity.already_invited")
    given(sent()).when(invite(role=Role.TENANT_ADMIN)).refused("identity.already_invited")
    given(sent()).when(invite(email="eve@example.com")).refused("identity.already_invited")
    given(sent(), REVOKED).when(other).then(sent(invitation_id=UUID(int=81)))


def test_nobody_invites_to_a_role_above_theirs() -> None:
    admin, owner = actor(Role.TENANT_ADMIN), actor(Role.TENANT_OWNER)
    command = invite(role=Role.TENANT_OWNER)
    given().by(admin).when(command).refused("identity.role_above_yours")
    given().by(owner).when(command).then(sent(role=Role.TENANT_OWNER))


def test_scopes_narrow_what_may_be_given() -> None:
    narrow = actor(Role.TENANT_ADMIN, frozenset({Permission.MEMBERS_MANAGE, Permission.TENANTS_READ}))
    given().by(narrow).when(invite(role=Role.TENANT_VIEWER)).refused("identity.role_above_yours")


@pytest.mark.parametrize("role", [Role.TENANT_BUILDER, Role.TENANT_VIEWER, Role.TENANT_BILLING])
def test_without_the_right_nobody_is_invited_nor_uninvited(role: Role) -> None:
    given().by(actor(role)).when(invite()).refused("identity.not_your_place")
    given(sent()).by(actor(role)).when(i.RevokeInvitation(**dict(REVOKED))).refused("identity.not_your_place")


def test_another_tenants_admin_invites_nobody_here() -> None:
    stranger = actor(Role.TENANT_OWNER).model_copy(update={"tenant_id": TenantId(UUID(int=99))})
    given().by(stranger).when(invite()).refused("identity.not_your_place")


def test_a_role_of_another_level_does_not_fit() -> None:
    given().when(invite(role=Role.PLATFORM_ADMIN)).refused("identity.role_does_not_fit")


def test_revoking_ends_it() -> None:
    revoke = i.RevokeInvitation(place=TENANT, invitation_id=ID)
    given(sent()).when(revoke).then(REVOKED)
    given(sent(), REVOKED).when(revoke).refused("identity.invitation_not_found")


def test_nobody_is_invited_where_nobody_comes_any_more() -> None:
    given().knowing(CLOSED).when(invite()).refused("identity.place_closed")
    given(sent()).knowing(CLOSED).when(invite(token_hash=SECOND)).refused("identity.place_closed")


def test_with_its_place_all_that_is_pending_ends() -> None:
    others = sent(invitation_id=UUID(int=81), email="eve@example.com")
    gone = i.InvitationRevoked(place=TENANT, invitation_id=UUID(int=81))
    end = i.RevokeAllInvitations(place=TENANT)
    given(sent(), others).when(end).then(REVOKED, gone)
    given(sent(), REVOKED).when(end).then()
    given().when(end).then()


def test_what_is_pending_is_bounded() -> None:
    many = [sent(invitation_id=UUID(int=1000 + n), email=f"p{n}@example.com") for n in range(100)]
    given(*many).when(invite()).refused("identity.too_many_invitations")
    given(*many).when(invite(invitation_id=UUID(int=1000), email="p0@example.com")).then(
        sent(invitation_id=UUID(int=1000), email="p0@example.com")
    )


def test_who_accepts_gets_an_account_and_the_role() -> None:
    spec.when(ACCEPTED).issues(
        c.RegisterUser(**dict(BOB), verified=True),
        c.VerifyEmail(user_id=BOB.user_id, email_index=BOB.email_index),
        c.GrantMembership(place=TENANT, person=BOB, role=Role.TENANT_BUILDER),
    )


def test_accepting_claims_the_address_for_the_account() -> None:
    assert ACCEPTED.claims() == (BOB.claim,)
