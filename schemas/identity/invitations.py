"""Invitations to one place: decided in one stream per place, so that they are bounded and told apart."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.access import Role
from schemas.base import Claim, Command, Event
from schemas.identity.commands import OfTeam
from schemas.identity.secrets import SecretHash
from schemas.identity.types import Person, Place
from schemas.personal import BlindIndex, Personal
from schemas.tenancy.types import Name

NOT_VALID = "This invitation is not valid any more."
"""Why it is not, nobody is told: what one says of a guess must be what one says of all."""

Days = Annotated[int, Field(ge=1, le=14)]


class Invite(OfTeam, Command, type_name="identity.invitations.invite", stream="invitations-{0.place.id}"):
    """`email` and `link` are sealed under the invitation's own id, `inviter` under whoever's name it is.

    For an invitation that is pending already it is another letter: the link of the last one counts.
    """

    place: Place
    place_name: Name
    invitation_id: UUID
    role: Role
    email: Personal
    email_index: BlindIndex
    inviter: Personal
    link: Personal
    token_hash: SecretHash
    days: Days = 7


class RevokeInvitation(
    OfTeam, Command, type_name="identity.invitations.revoke", stream="invitations-{0.place.id}"
):
    place: Place
    invitation_id: UUID


class AcceptInvitation(
    OfTeam, Command, type_name="identity.invitations.accept", stream="invitations-{0.place.id}"
):
    """Who holds the token reads what is sent to the address; that `person` is who they say the edge saw."""

    place: Place
    invitation_id: UUID
    token_hash: SecretHash
    person: Person


class ExpireInvitation(
    OfTeam, Command, type_name="identity.invitations.expire", stream="invitations-{0.place.id}"
):
    place: Place
    invitation_id: UUID


class RevokeAllInvitations(
    OfTeam, Command, type_name="identity.invitations.revoke_all", stream="invitations-{0.place.id}"
):
    """The place is no more."""

    place: Place


class InvitationSent(Event, type_name="identity.invitations.sent"):
    place: Place
    place_name: str
    invitation_id: UUID
    role: Role
    email: Personal
    email_index: BlindIndex
    inviter: Personal
    link: Personal
    token_hash: SecretHash
    days: int
    expires_at: datetime


class InvitationRevoked(Event, type_name="identity.invitations.revoked"):
    place: Place
    invitation_id: UUID


class InvitationAccepted(Event, type_name="identity.invitations.accepted"):
    place: Place
    invitation_id: UUID
    person: Person
    role: Role

    def claims(self) -> tuple[Claim, ...]:
        return (self.person.claim,)


class InvitationExpired(Event, type_name="identity.invitations.expired"):
    place: Place
    invitation_id: UUID
