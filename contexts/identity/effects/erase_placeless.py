"""Of a tenant that is closed nothing personal is kept: who has no place anywhere else is erased."""

from contexts.identity.ports import IdentityPorts
from schemas.base import Command
from schemas.envelope import Recorded
from schemas.identity.commands import EraseUser
from schemas.identity.events import TeamDisbanded

CLOSED = "The last place they had was closed."


async def erase_placeless(event: TeamDisbanded, recorded: Recorded, ports: IdentityPorts) -> list[Command]:
    if event.place.tenant_id is None:
        return []
    return [
        EraseUser(user_id=user_id, reason=CLOSED)
        for user_id in event.members
        if not await ports.places.of(user_id, recorded.position)
    ]
