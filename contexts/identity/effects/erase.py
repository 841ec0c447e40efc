"""What was theirs goes: keys and proofs first, so that nobody reads them; then places, and invitations."""

from contexts.identity.ports import IdentityPorts
from schemas.base import Command
from schemas.envelope import Recorded
from schemas.identity.commands import NoteErasure, RevokeMembership
from schemas.identity.events import UserErased

ERASED = "The person was erased."


async def erase(event: UserErased, recorded: Recorded, ports: IdentityPorts) -> list[Command]:
    touched = dict(await ports.vault.erase(event.user_id))
    places = await ports.places.of(event.user_id, recorded.position)
    invited = await ports.invited.pending(event.email_index, recorded.position) if event.email_index else ()
    counts = {**touched, "memberships": len(places), "invitations": len(invited)}
    leaves = [
        RevokeMembership(place=place, user_id=event.user_id, reason=ERASED, erased=True) for place in places
    ]
    return [*leaves, *invited, NoteErasure(user_id=event.user_id, touched=counts)]
