"""Writing an invitation: the address is sealed under the invitation's own id, and so is the link."""

from datetime import datetime, timedelta
from uuid import UUID

from api.at import At
from api.people import People
from api.reads import PLATFORM_SCOPE
from api.submit import Attempt
from infra.identity.secret_texts import hash_of, new_invitation
from schemas.access import Role
from schemas.envelope import Answer
from schemas.identity.invitations import Invite

OURSELVES = "HireBuddha"
LONGER = timedelta(days=1)
"""Than an invitation counts, its address and its link can be opened: it ends by itself before."""


async def invite(
    attempt: Attempt, at: At, invitation_id: UUID, email: str, role: Role, days: int
) -> Answer | None:
    """The link carries the token after `#`: what comes after that no server is told, nor any log."""
    people, token = attempt.deps.people, new_invitation()
    link = f"{attempt.deps.public_url.rstrip('/')}/invitations/accept#{token}"
    until = attempt.deps.clock() + timedelta(days=days) + LONGER
    sealed_email, sealed_link = await people.box.seal(invitation_id, email, link, until=until)
    command = Invite(
        place=at.place,
        place_name=at.name,
        invitation_id=invitation_id,
        role=role,
        email=sealed_email,
        email_index=people.index(email),
        inviter=await name_of_inviter(attempt, people, invitation_id, until),
        link=sealed_link,
        token_hash=hash_of(token),
        days=days,
    )
    return await at.send(attempt, command)


async def name_of_inviter(attempt: Attempt, people: People, invitation_id: UUID, until: datetime) -> str:
    """As it is sealed already, under their own key."""
    if attempt.actor.kind == "user":
        user = await attempt.deps.reads.user_by_id(PLATFORM_SCOPE, UUID(attempt.actor.id))
        if user is not None and user.name:
            return user.name
    [sealed] = await people.box.seal(invitation_id, OURSELVES, until=until)
    return sealed
