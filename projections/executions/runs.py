"""Events of a run as a whole."""

from typing import Any

from projections.executions.batch import Batch
from projections.fold import Handlers
from schemas.envelope import Recorded
from schemas.execution import events as e


def queued(batch: Batch, recorded: Recorded, event: e.ExecutionQueued) -> None:
    waits = {"stage": "queued", "queue_reason": event.reason, "queued_at": recorded.recorded_at}
    root = {"root_id": event.execution_id}
    batch.run(recorded, event.execution_id, **pinned(event), **root, **waits)


def started(batch: Batch, recorded: Recorded, event: e.ExecutionStarted) -> None:
    parent = event.parent
    above = {
        "parent_execution_id": parent.execution_id if parent else None,
        "parent_node": parent.node if parent else None,
        "root_id": event.root_id,
    }
    begun = {"stage": "running", "started_at": recorded.recorded_at, "idle_seconds": event.idle_seconds}
    batch.run(recorded, event.execution_id, **pinned(event), **above, **begun)


def pinned(event: e.ExecutionQueued | e.ExecutionStarted) -> dict[str, Any]:
    """What is known of a run from its first event on."""
    source, fork, trigger = event.source, event.fork, event.trigger
    return {
        "source_kind": source.kind,
        "source_id": source.id,
        "source_version": source.version,
        "source_hash": source.hash,
        "source_name": source.name,
        "paused": False,
        "priority": event.priority,
        "max_cost": event.max_cost,
        "fork_of": fork.execution_id if fork else None,
        "fork_from": fork.from_node if fork else None,
        "trigger_id": trigger.trigger_id if trigger else None,
        "trigger_kind": trigger.kind if trigger else None,
        "deadline": event.deadline,
        "inputs": event.inputs,
    }


def parked(batch: Batch, recorded: Recorded, event: e.ExecutionParked) -> None:
    batch.run(recorded, event.execution_id, stage="waiting")


def woken(batch: Batch, recorded: Recorded, event: e.ExecutionWoken) -> None:
    batch.run(recorded, event.execution_id, stage="running")


def paused(batch: Batch, recorded: Recorded, event: e.ExecutionPaused) -> None:
    batch.run(recorded, event.execution_id, paused=True, pause_reason=event.reason)


def resumed(batch: Batch, recorded: Recorded, event: e.ExecutionResumed) -> None:
    batch.run(recorded, event.execution_id, paused=False)


def succeeded(batch: Batch, recorded: Recorded, event: e.ExecutionSucceeded) -> None:
    """Nothing is open in a run that succeeded."""
    end = {"stage": "succeeded", "finished_at": recorded.recorded_at, "output": event.output}
    batch.run(recorded, event.execution_id, **end)


def failed(batch: Batch, recorded: Recorded, event: e.ExecutionFailed) -> None:
    why = {"error_code": event.error.code, "error_message": event.error.message, "error_node": event.node}
    batch.run(recorded, event.execution_id, stage="failed", finished_at=recorded.recorded_at, **why)
    batch.closings.run(recorded, event.execution_id)


def cancelled(batch: Batch, recorded: Recorded, event: e.ExecutionCancelled) -> None:
    code = "execution.terminated" if event.forced else "execution.cancelled"
    why = {"error_code": code, "error_message": event.reason, "ended_by": event.by}
    batch.run(recorded, event.execution_id, stage="cancelled", finished_at=recorded.recorded_at, **why)
    batch.closings.run(recorded, event.execution_id)


ON: Handlers[Batch] = {
    e.ExecutionQueued: queued,
    e.ExecutionStarted: started,
    e.ExecutionParked: parked,
    e.ExecutionWoken: woken,
    e.ExecutionPaused: paused,
    e.ExecutionResumed: resumed,
    e.ExecutionSucceeded: succeeded,
    e.ExecutionFailed: failed,
    e.ExecutionCancelled: cancelled,
}
