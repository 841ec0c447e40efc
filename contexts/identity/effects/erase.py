"""What was theirs goes: keys and proofs first, so that nobody reads them any more, then their places."""

from contexts.identity.ports import IdentityPorts
from schemas.base import Command
from schemas.envelope import Recorded
from schemas.identity.commands import NoteErasure, RevokeMembership
from schemas.identity.events import UserErased

ERASED = "The person was erased."


async def erase(event: UserErased, recorded: Recorded, ports: IdentityPorts) -> list[Command]:
    touched = dict(await ports.vault.erase(event.user_id))
    places = await ports.places.of(event.user_id, recorded.position)
    note = NoteErasure(user_id=event.user_id, touched={**touched, "memberships": len(places)})
    leaves = [
        RevokeMembership(place=place, user_id=event.user_id, reason=ERASED, erased=True) for place in places
    ]
    return [*leaves, note]
