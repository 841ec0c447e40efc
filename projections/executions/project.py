"""Runs, their steps and attempts."""

from collections.abc import Sequence
from pathlib import Path

from projections.closing import close
from projections.executions import runs, steps
from projections.executions.batch import Batch
from projections.fold import Handlers, fold
from projections.kernel import Projection, Tx
from projections.statements import merge
from schemas.envelope import Recorded

RUN_CHANGES = (
    *("stage", "paused", "pause_reason", "deadline", "started_at", "finished_at", "events"),
    *("error_code", "error_message", "error_node", "ended_by", "output"),
)
RUN_COLUMNS = (
    *("id", "source_kind", "source_id", "source_version", "source_hash", "source_name"),
    *("priority", "max_cost", "parent_execution_id", "parent_node", "root_id", "fork_of", "fork_from"),
    *("trigger_id", "trigger_kind", "queue_reason", "queued_at", "idle_seconds", "inputs"),
    *("tenant_id", "partner_id", "created_at", "updated_at", "position"),
)
RUNS = merge("executions", key=("id",), changing=RUN_CHANGES, columns=RUN_COLUMNS + RUN_CHANGES)
STEPS = merge(
    "execution_steps",
    key=("execution_id", "node"),
    changing=("kind", "attempt", "status", "model", "finished_at", "reused_from", "error", "output"),
    replaced=("due_at",),
)
ATTEMPTS = merge(
    "step_attempts",
    key=("execution_id", "node", "attempt"),
    changing=(*("status", "model", "ended_at", "usage", "latency_ms", "finish_reason", "price", "error"),),
    replaced=("due_at",),
    begun="began_at",
)
CLOSE_STEPS = close("execution_steps", end="finished_at")
CLOSE_ATTEMPTS = close("step_attempts", end="ended_at")


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    batch = fold(ON, Batch(), events)
    await tx.write(RUNS, batch.runs.rows.values())
    await tx.write(STEPS, batch.steps.rows.values())
    await tx.write(ATTEMPTS, batch.attempts.rows.values())
    for wave in batch.closings.waves():
        await tx.write(CLOSE_STEPS, wave)
        await tx.write(CLOSE_ATTEMPTS, wave)


ON: Handlers[Batch] = {**runs.ON, **steps.ON}

PROJECTION = Projection(
    name="executions",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("executions", "execution_steps", "step_attempts"),
    project=project,
)
