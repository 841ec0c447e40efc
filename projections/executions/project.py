"""Runs and their steps."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from projections.fold import Handlers, Rows, fold
from projections.kernel import Projection, Tx
from projections.statements import merge
from schemas.envelope import Recorded
from schemas.execution import events as e

EXECUTIONS = merge(
    "executions",
    key=("id",),
    changing=("status", "finished_at", "error_code", "error_message", "error_node", "output"),
)
STEPS = merge(
    "execution_steps",
    key=("execution_id", "node"),
    changing=(
        *("kind", "attempt", "status", "model", "usage", "latency_ms"),
        *("finish_reason", "retry_at", "finished_at", "error", "output"),
    ),
)


@dataclass
class Batch:
    executions: Rows = field(default_factory=Rows)
    steps: Rows = field(default_factory=Rows)


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    batch = fold(ON, Batch(), events)
    await tx.write(EXECUTIONS, batch.executions.rows.values())
    await tx.write(STEPS, batch.steps.rows.values())


def started(batch: Batch, recorded: Recorded, event: e.ExecutionStarted) -> None:
    batch.executions.put(
        event.execution_id,
        recorded,
        id=event.execution_id,
        source_kind=event.source.kind,
        source_id=event.source.id,
        source_version=event.source.version,
        source_hash=event.source.hash,
        source_name=event.source.name,
        status="running",
        deadline=event.deadline,
        inputs=event.inputs,
    )


def step(batch: Batch, recorded: Recorded, execution_id: Any, node: str, **fields: Any) -> None:
    batch.executions.put(execution_id, recorded, id=execution_id)
    batch.steps.put((execution_id, node), recorded, execution_id=execution_id, node=node, **fields)


def scheduled(batch: Batch, recorded: Recorded, event: e.StepScheduled) -> None:
    fields = {"attempt": event.attempt, "kind": event.kind, "status": "scheduled"}
    step(batch, recorded, event.execution_id, event.node, **fields)


def requested(batch: Batch, recorded: Recorded, event: e.CallRequested) -> None:
    fields = {"attempt": event.attempt, "kind": "llm", "status": "requested", "model": event.request.model}
    step(batch, recorded, event.execution_id, event.node, **fields)


def answered(batch: Batch, recorded: Recorded, event: e.CallCompleted) -> None:
    seen = {"usage": event.usage, "latency_ms": event.latency_ms, "finish_reason": event.finish_reason}
    attempt = event.call.attempt
    step(batch, recorded, event.execution_id, event.node, attempt=attempt, status="answered", **seen)


def call_failed(batch: Batch, recorded: Recorded, event: e.CallFailed) -> None:
    seen = {"usage": event.usage, "error": event.error}
    attempt = event.call.attempt
    step(batch, recorded, event.execution_id, event.node, attempt=attempt, status="answered", **seen)


def succeeded(batch: Batch, recorded: Recorded, event: e.StepSucceeded) -> None:
    end = {"status": "succeeded", "finished_at": recorded.recorded_at, "output": event.output}
    step(batch, recorded, event.execution_id, event.node, attempt=event.attempt, **end)


def retry_planned(batch: Batch, recorded: Recorded, event: e.StepRetryPlanned) -> None:
    fields = {"status": "retrying", "retry_at": event.due_at, "error": event.error}
    step(batch, recorded, event.execution_id, event.node, attempt=event.attempt, **fields)


def step_failed(batch: Batch, recorded: Recorded, event: e.StepFailed) -> None:
    end = {"status": "failed", "finished_at": recorded.recorded_at, "error": event.error}
    step(batch, recorded, event.execution_id, event.node, attempt=event.attempt, **end)


def execution_succeeded(batch: Batch, recorded: Recorded, event: e.ExecutionSucceeded) -> None:
    end = {"status": "succeeded", "finished_at": recorded.recorded_at, "output": event.output}
    batch.executions.put(event.execution_id, recorded, id=event.execution_id, **end)


def execution_failed(batch: Batch, recorded: Recorded, event: e.ExecutionFailed) -> None:
    why = {"error_code": event.error.code, "error_message": event.error.message, "error_node": event.node}
    end = {"status": "failed", "finished_at": recorded.recorded_at, **why}
    batch.executions.put(event.execution_id, recorded, id=event.execution_id, **end)


ON: Handlers[Batch] = {
    e.ExecutionStarted: started,
    e.StepScheduled: scheduled,
    e.CallRequested: requested,
    e.CallCompleted: answered,
    e.CallFailed: call_failed,
    e.StepSucceeded: succeeded,
    e.StepRetryPlanned: retry_planned,
    e.StepFailed: step_failed,
    e.ExecutionSucceeded: execution_succeeded,
    e.ExecutionFailed: execution_failed,
}

PROJECTION = Projection(
    name="executions",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("executions", "execution_steps"),
    project=project,
)
