"""When a step must be looked at again: one timer for each attempt at a step that is open."""

from datetime import datetime
from uuid import UUID

from projections.fold import Handlers
from projections.timers.batch import SKEW, Batch, set_timer
from schemas.envelope import Recorded
from schemas.execution import events as e
from schemas.execution.commands import WakeStep

Begun = e.StepScheduled | e.CallRequested | e.ToolRequested | e.RetrievalRequested | e.SubworkflowRequested


def step_name(execution_id: UUID, node: str, attempt: int) -> str:
    return f"step:{execution_id}:{node}:{attempt}"


def wake(
    batch: Batch, recorded: Recorded, execution_id: UUID, node: str, attempt: int, due_at: datetime
) -> None:
    command = WakeStep(execution_id=execution_id, node=node, attempt=attempt)
    set_timer(batch, recorded, step_name(execution_id, node, attempt), due_at, command)


def forget(batch: Batch, recorded: Recorded, execution_id: UUID, node: str, attempt: int) -> None:
    name = step_name(execution_id, node, attempt)
    batch.timers.remove(name, recorded, name=name)


def begun(batch: Batch, recorded: Recorded, event: Begun) -> None:
    """It must be reported in time; the attempt before is over."""
    step = (event.execution_id, event.node, event.attempt)
    if event.attempt > 1:
        forget(batch, recorded, event.execution_id, event.node, event.attempt - 1)
    if event.due_at is not None:
        wake(batch, recorded, *step, event.due_at + SKEW)
    elif event.attempt > 1:
        forget(batch, recorded, *step)


def retry_planned(batch: Batch, recorded: Recorded, event: e.StepRetryPlanned) -> None:
    forget(batch, recorded, event.execution_id, event.node, event.attempt - 1)
    wake(batch, recorded, event.execution_id, event.node, event.attempt, event.due_at)


def asked(batch: Batch, recorded: Recorded, event: e.ApprovalRequested) -> None:
    due_at = event.escalate_at or event.due_at
    wake(batch, recorded, event.execution_id, event.node, event.attempt, due_at)


def waits(batch: Batch, recorded: Recorded, event: e.WaitBegun | e.ApprovalEscalated) -> None:
    wake(batch, recorded, event.execution_id, event.node, event.attempt, event.due_at)


def ended(batch: Batch, recorded: Recorded, event: e.StepSucceeded | e.ApprovalAnswered) -> None:
    forget(batch, recorded, event.execution_id, event.node, event.attempt)


def failed(batch: Batch, recorded: Recorded, event: e.StepFailed) -> None:
    """What is inside it fires in vain, or goes with the item or the run that fails with it."""
    forget(batch, recorded, event.execution_id, event.node, event.attempt)


def call_ended(batch: Batch, recorded: Recorded, event: e.CallCompleted | e.CallFailed) -> None:
    forget(batch, recorded, event.execution_id, event.node, event.call.attempt)


def item_failed(batch: Batch, recorded: Recorded, event: e.ItemFailed) -> None:
    batch.end_inside(recorded, f"step:{event.execution_id}:{event.node}[{event.index}]")


ON: Handlers[Batch] = {
    e.StepScheduled: begun,
    e.CallRequested: begun,
    e.ToolRequested: begun,
    e.RetrievalRequested: begun,
    e.SubworkflowRequested: begun,
    e.StepRetryPlanned: retry_planned,
    e.ApprovalRequested: asked,
    e.ApprovalEscalated: waits,
    e.WaitBegun: waits,
    e.ApprovalAnswered: ended,
    e.StepSucceeded: ended,
    e.StepFailed: failed,
    e.CallCompleted: call_ended,
    e.CallFailed: call_ended,
    e.ItemFailed: item_failed,
}
