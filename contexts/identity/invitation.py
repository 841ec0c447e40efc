"""Who is invited to one place. What is pending is all that is known: an ended invitation opens nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from contexts.identity.errors import (
    AlreadyInvited,
    InvitationNotFound,
    InvitationNotValid,
    PlaceClosed,
    TooManyInvitations,
)
from contexts.identity.facts import PlaceFacts
from contexts.identity.team import require_fit, require_standing
from contexts.kernel import Aggregate, Context
from schemas.access import Role
from schemas.identity import invitations as i

MOST_PENDING = 100
InvitationEvent = i.InvitationSent | i.InvitationRevoked | i.InvitationAccepted | i.InvitationExpired


@dataclass(frozen=True)
class Pending:
    role: Role
    email_index: str
    token_hash: str
    expires_at: datetime


@dataclass(frozen=True)
class Invitations:
    pending: Mapping[UUID, Pending] = field(default_factory=dict)


def invite(state: Invitations | None, command: i.Invite, ctx: Context) -> list[i.InvitationSent]:
    """To the same address and role under the same id: another letter, and only its link counts."""
    place: PlaceFacts = ctx.facts
    if place.closed:
        raise PlaceClosed("this place is closed")
    require_fit(command.role, command.place)
    require_standing(ctx.actor, command.place, command.role)
    pending = pending_of(state)
    require_new(pending, command)
    if command.invitation_id not in pending and len(pending) >= MOST_PENDING:
        raise TooManyInvitations(f"{MOST_PENDING} are pending here; revoke one, or wait for answers")
    expires_at = ctx.now + timedelta(days=command.days)
    return [i.InvitationSent(**dict(command), expires_at=expires_at)]


def require_new(pending: Mapping[UUID, Pending], command: i.Invite) -> None:
    same = pending.get(command.invitation_id)
    if same and (same.email_index, same.role) != (command.email_index, command.role):
        raise AlreadyInvited("this invitation is for another address or role")
    others = (one for id_, one in pending.items() if id_ != command.invitation_id)
    if any(one.email_index == command.email_index for one in others):
        raise AlreadyInvited("there is an invitation for this address; send it again, or revoke it first")


def revoke(state: Invitations | None, command: i.RevokeInvitation, ctx: Context) -> list[i.InvitationRevoked]:
    invitation = pending_of(state).get(command.invitation_id)
    if invitation is None:
        raise InvitationNotFound("no such invitation is pending")
    require_standing(ctx.actor, command.place, invitation.role)
    return [i.InvitationRevoked(**dict(command))]


def accept(
    state: Invitations | None, command: i.AcceptInvitation, ctx: Context
) -> list[i.InvitationAccepted]:
    """Once, in time, with the last letter's token, by whom it was for: else one answer for all."""
    invitation = pending_of(state).get(command.invitation_id)
    if invitation is None or not fits(invitation, command) or ctx.now >= invitation.expires_at:
        raise InvitationNotValid(i.NOT_VALID)
    return [
        i.InvitationAccepted(
            place=command.place,
            invitation_id=command.invitation_id,
            person=command.person,
            role=invitation.role,
        )
    ]


def fits(invitation: Pending, command: i.AcceptInvitation) -> bool:
    wanted = invitation.token_hash, invitation.email_index
    return wanted == (command.token_hash, command.person.email_index)


def expire(state: Invitations | None, command: i.ExpireInvitation, ctx: Context) -> list[i.InvitationExpired]:
    """Not before its time: it may have been sent again meanwhile."""
    invitation = pending_of(state).get(command.invitation_id)
    if invitation is None or ctx.now < invitation.expires_at:
        return []
    return [i.InvitationExpired(**dict(command))]


def revoke_all(
    state: Invitations | None, command: i.RevokeAllInvitations, ctx: Context
) -> list[i.InvitationRevoked]:
    return [i.InvitationRevoked(place=command.place, invitation_id=id_) for id_ in pending_of(state)]


def pending_of(state: Invitations | None) -> Mapping[UUID, Pending]:
    return state.pending if state else {}


def evolve(state: Invitations | None, event: InvitationEvent) -> Invitations:
    pending = {id_: one for id_, one in pending_of(state).items() if id_ != event.invitation_id}
    if isinstance(event, i.InvitationSent):
        known = Pending(event.role, event.email_index, event.token_hash, event.expires_at)
        pending[event.invitation_id] = known
    return Invitations(pending)


INVITATIONS = Aggregate("invitations", Invitations, evolve, snapshot_every=200)
