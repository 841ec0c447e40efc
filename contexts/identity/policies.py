"""Who comes with a partner or a tenant, or accepts an invitation, gets an account and a place in a team."""

from typing import Any

from schemas.access import Role
from schemas.base import Command
from schemas.envelope import Recorded
from schemas.identity.commands import DisbandTeam, GrantMembership, RegisterUser, VerifyEmail
from schemas.identity.invitations import InvitationAccepted, RevokeAllInvitations
from schemas.identity.types import Person, Place
from schemas.tenancy.events import PartnerCreated, TenantProvisioned
from schemas.tenancy.life import TenantClosed
from schemas.tenancy.partners import PartnerClosed


def when_partner_created(event: PartnerCreated, recorded: Recorded) -> list[Command]:
    return first_member(event.admin, Role.PARTNER_ADMIN, Place(partner_id=event.partner_id))


def when_tenant_provisioned(event: TenantProvisioned, recorded: Recorded) -> list[Command]:
    """Who registered by themselves comes verified, and signs in with what they came with."""
    place = Place(partner_id=event.partner_id, tenant_id=event.tenant_id)
    proven = {"verified": event.owner_verified, "account": event.owner_account}
    return first_member(event.owner, Role.TENANT_OWNER, place, **proven)


def when_tenant_closed(event: TenantClosed, recorded: Recorded) -> list[Command]:
    place = Place(partner_id=event.partner_id, tenant_id=event.tenant_id)
    return nobody_comes(place, "The tenant was closed.")


def when_partner_closed(event: PartnerClosed, recorded: Recorded) -> list[Command]:
    return nobody_comes(Place(partner_id=event.partner_id), "The partner was closed.")


def nobody_comes(place: Place, reason: str) -> list[Command]:
    return [DisbandTeam(place=place, reason=reason), RevokeAllInvitations(place=place)]


def first_member(person: Person | None, role: Role, place: Place, **proven: Any) -> list[Command]:
    if person is None:
        return []
    return [
        RegisterUser(**dict(person), **proven),
        GrantMembership(place=place, person=person, role=role),
    ]


def when_invitation_accepted(event: InvitationAccepted, recorded: Recorded) -> list[Command]:
    """They read what was sent to the address, so it is theirs."""
    person = event.person
    return [
        RegisterUser(**dict(person), verified=True),
        VerifyEmail(user_id=person.user_id, email_index=person.email_index),
        GrantMembership(place=event.place, person=person, role=event.role),
    ]
