"""Deadlines of runs; the end of a run ends all its timers."""

from projections.fold import Handlers
from projections.timers.batch import SKEW, Batch, set_timer
from schemas.envelope import Recorded
from schemas.execution import events as e
from schemas.execution.commands import ExpireExecution


def begun(batch: Batch, recorded: Recorded, event: e.ExecutionQueued | e.ExecutionStarted) -> None:
    command = ExpireExecution(execution_id=event.execution_id)
    set_timer(batch, recorded, f"expire:{event.execution_id}", event.deadline + SKEW, command)


def ended(
    batch: Batch, recorded: Recorded, event: e.ExecutionSucceeded | e.ExecutionFailed | e.ExecutionCancelled
) -> None:
    batch.ended[recorded.stream] = {"stream": recorded.stream, "position": recorded.position}


ON: Handlers[Batch] = {
    e.ExecutionQueued: begun,
    e.ExecutionStarted: begun,
    e.ExecutionSucceeded: ended,
    e.ExecutionFailed: ended,
    e.ExecutionCancelled: ended,
}
