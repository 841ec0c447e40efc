"""Who waits and who takes a place: what admission and the scheduler begin with."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from projections.fold import Handlers, Rows, fold
from projections.kernel import Projection, Row, Tx
from projections.statements import delete, merge
from schemas.envelope import Recorded
from schemas.execution import events as e

Idling = e.ExecutionParked | e.ExecutionPaused
Working = e.ExecutionWoken | e.ExecutionResumed
Ending = e.ExecutionSucceeded | e.ExecutionFailed | e.ExecutionCancelled

RUNS = merge("run_queue", key=("execution_id",), changing=("started", "idle"))
ENDED = delete("run_queue", key=("execution_id",))
# Nothing is inserted: of a subworkflow's run there is no row.
IDLE = """
UPDATE {run_queue} AS t SET idle = r.idle, updated_at = r.updated_at, position = r.position
FROM json_populate_recordset(NULL::{run_queue}, %s) AS r
WHERE t.execution_id = r.execution_id AND t.position < r.position
"""


@dataclass
class Batch:
    """`idle` are the runs of which no more is known here than whether they are idle."""

    runs: Rows = field(default_factory=Rows)
    idle: Rows = field(default_factory=Rows)


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    batch = fold(ON, Batch(), events)
    await tx.write(ENDED, batch.runs.gone.values())
    await tx.write(RUNS, batch.runs.rows.values())
    await tx.write(IDLE, batch.idle.rows.values())


def queued(batch: Batch, recorded: Recorded, event: e.ExecutionQueued) -> None:
    reason = event.reason
    why = {"scope": reason.scope, "run_limit": reason.limit, "running": reason.running}
    new = first_seen(recorded, event.execution_id, event.priority, event.weight)
    batch.runs.put(event.execution_id, recorded, **new, started=False, **why)


def started(batch: Batch, recorded: Recorded, event: e.ExecutionStarted) -> None:
    if event.parent:
        return
    if event.execution_id not in batch.runs.rows:
        new = first_seen(recorded, event.execution_id, event.priority, weight=1)
        batch.runs.put(event.execution_id, recorded, **new)
    batch.runs.put(event.execution_id, recorded, started=True, idle=False)


def first_seen(recorded: Recorded, execution_id: UUID, priority: int, weight: int) -> Row:
    age = {"queued_at": recorded.position, "idle": False}
    return {"execution_id": execution_id, "priority": priority, "weight": weight, **age}


def idling(batch: Batch, recorded: Recorded, event: Idling) -> None:
    set_idle(batch, recorded, event.execution_id, True)


def working(batch: Batch, recorded: Recorded, event: Working) -> None:
    set_idle(batch, recorded, event.execution_id, False)


def set_idle(batch: Batch, recorded: Recorded, execution_id: UUID, idle: bool) -> None:
    rows = batch.runs if execution_id in batch.runs.rows else batch.idle
    rows.put(execution_id, recorded, execution_id=execution_id, idle=idle)


def ended(batch: Batch, recorded: Recorded, event: Ending) -> None:
    batch.idle.rows.pop(event.execution_id, None)
    batch.runs.remove(event.execution_id, recorded, execution_id=event.execution_id)


ON: Handlers[Batch] = {
    e.ExecutionQueued: queued,
    e.ExecutionStarted: started,
    e.ExecutionParked: idling,
    e.ExecutionPaused: idling,
    e.ExecutionWoken: working,
    e.ExecutionResumed: working,
    e.ExecutionSucceeded: ended,
    e.ExecutionFailed: ended,
    e.ExecutionCancelled: ended,
}

PROJECTION = Projection(
    name="run_queue",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("run_queue",),
    project=project,
)
