"""Of a tenant that is closed nothing personal is kept: its contact, and who has no place anywhere else."""

from contexts.identity.ports import IdentityPorts
from schemas.base import Command
from schemas.envelope import Recorded
from schemas.identity.commands import EraseUser
from schemas.identity.events import TeamDisbanded

CLOSED = "The last place they had was closed."


async def erase_placeless(event: TeamDisbanded, recorded: Recorded, ports: IdentityPorts) -> list[Command]:
    if event.place.tenant_id is None:
        return []
    await ports.vault.forget(event.place.tenant_id)
    return [
        EraseUser(user_id=user_id, reason=CLOSED, farewell=await ports.farewells.to(user_id))
        for user_id in event.members
        if not await ports.places.of(user_id, recorded.position)
    ]
