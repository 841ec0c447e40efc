"""Whom an ended invitation was for, and its link: nobody needs to read that any more."""

from contexts.identity.ports import IdentityPorts
from schemas.base import Command
from schemas.envelope import Recorded
from schemas.identity.invitations import InvitationAccepted, InvitationExpired, InvitationRevoked

InvitationEnded = InvitationAccepted | InvitationRevoked | InvitationExpired


async def forget_invited(event: InvitationEnded, recorded: Recorded, ports: IdentityPorts) -> list[Command]:
    await ports.vault.forget(event.invitation_id)
    return []
