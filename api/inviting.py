"""Writing an invitation: the address is sealed under the invitation's own id, and so is the link."""

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


async def invite(
    attempt: Attempt, at: At, invitation_id: UUID, email: str, role: Role, days: int
) -> Answer | None:
    """The link carries the token after `#`: what comes after that no server is told, nor any log."""
    people, token = attempt.deps.people, new_invitation()
    link = f"{attempt.deps.public_url.rstrip('/')}/invitations/accept#{token}"
    sealed_email, sealed_link = await people.box.seal(invitation_id, email, link)
    command = Invite(
        place=at.place,
        place_name=at.name,
        invitation_id=invitation_id,
        role=role,
        email=sealed_email,
        email_index=people.index(email),
        inviter=await name_of_inviter(attempt, people, invitation_id),
        link=sealed_link,
        token_hash=hash_of(token),
        days=days,
    )
    return await at.send(attempt, command)


async def name_of_inviter(attempt: Attempt, people: People, invitation_id: UUID) -> str:
    """As it is sealed already, under their own key."""
    if attempt.actor.kind == "user":
        user = await attempt.deps.reads.user_by_id(PLATFORM_SCOPE, UUID(attempt.actor.id))
        if user is not None and user.name:
            return user.name
    [sealed] = await people.box.seal(invitation_id, OURSELVES)
    return sealed
