"""Of a tenant that is closed nothing runs any more. Repeating it does no harm."""

from contexts.execution.ports import ExecutionPorts
from schemas.base import Command
from schemas.envelope import Recorded
from schemas.execution.commands import TerminateExecution
from schemas.tenancy.life import TenantClosed

CLOSED = "The tenant was closed."


async def end_runs(event: TenantClosed, recorded: Recorded, ports: ExecutionPorts) -> list[Command]:
    open_runs = await ports.runs.open(event.tenant_id, recorded.position)
    return [TerminateExecution(execution_id=run_id, reason=CLOSED) for run_id in open_runs]
