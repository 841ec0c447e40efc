"""Timers of all steps that wait, in memory."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from projections.timers.project import ON
from schemas.base import Event
from schemas.envelope import Recorded
from schemas.execution import events as e
from schemas.execution.commands import WakeStep
from tests.support.fakes.timers import MemoryTimers

Due = tuple[UUID, str, int, datetime]

STARTS = (
    e.StepScheduled,
    e.CallRequested,
    e.ToolRequested,
    e.RetrievalRequested,
    e.SubworkflowRequested,
    e.WaitBegun,
    e.ApprovalEscalated,
)


class EveryTimer(MemoryTimers):
    """Also wakes what the timers' projection does not know of."""

    def apply(self, recorded: Recorded) -> None:
        super().apply(recorded)
        if e.WaitBegun in ON:
            return
        for execution_id, node, attempt, due_at in due(recorded.event):
            name = f"due:{execution_id}:{node}:{attempt}:{due_at.isoformat()}"
            self._rows[name] = {
                "name": name,
                "stream": recorded.stream,
                "due_at": due_at,
                "command": WakeStep.type_name,
                "data": WakeStep(execution_id=execution_id, node=node, attempt=attempt),
                "tenant_id": recorded.tenant_id,
                "partner_id": recorded.partner_id,
                "position": recorded.position,
            }

    def of(self, stream: str) -> list[datetime]:
        return [row["due_at"] for row in self._rows.values() if row["stream"] == stream]


def due(event: Event) -> Iterator[Due]:
    if isinstance(event, STARTS) and event.due_at:
        yield event.execution_id, event.node, event.attempt, event.due_at
    if isinstance(event, e.ApprovalRequested):
        for at in filter(None, (event.due_at, event.escalate_at)):
            yield event.execution_id, event.node, event.attempt, at
