"""What a closed tenant wrote and ran goes from the record; with the receipt, read models let go of it too."""

from contexts.tenancy.ports import TenancyPorts
from schemas.base import Command
from schemas.envelope import Recorded
from schemas.tenancy.erasure import ErasureBegun, NoteErasure


async def erase_content(event: ErasureBegun, recorded: Recorded, ports: TenancyPorts) -> list[Command]:
    touched = await ports.content.erase(event.tenant_id)
    return [NoteErasure(tenant_id=event.tenant_id, touched=dict(touched))]
