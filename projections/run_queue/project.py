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

Ending = e.ExecutionSucceeded | e.ExecutionFailed | e.ExecutionCancelled

RUNS = merge("run_queue", key=("execution_id",), changing=("started", "parked", "paused"))
ENDED = delete("run_queue", key=("execution_id",))
# Nothing is inserted: of a subworkflow's run there is no row.
CHANGED = """
UPDATE {run_queue} AS t SET parked = coalesce(r.parked, t.parked), paused = coalesce(r.paused, t.paused),
    updated_at = r.updated_at, position = r.position
FROM json_populate_recordset(NULL::{run_queue}, %s) AS r
WHERE t.execution_id = r.execution_id AND t.position < r.position
"""


@dataclass
class Batch:
    """`changed` are the runs of which this batch does not know whether they count."""

    runs: Rows = field(default_factory=Rows)
    changed: Rows = field(default_factory=Rows)


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    batch = fold(ON, Batch(), events)
    await tx.write(ENDED, batch.runs.gone.values())
    await tx.write(RUNS, batch.runs.rows.values())
    await tx.write(CHANGED, batch.changed.rows.values())


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
    batch.runs.put(event.execution_id, recorded, started=True)


def first_seen(recorded: Recorded, execution_id: UUID, priority: int, weight: int) -> Row:
    age = {"queued_at": recorded.position, "parked": False, "paused": False}
    return {"execution_id": execution_id, "priority": priority, "weight": weight, **age}


def parked(batch: Batch, recorded: Recorded, event: e.ExecutionParked | e.ExecutionWoken) -> None:
    change(batch, recorded, event.execution_id, parked=isinstance(event, e.ExecutionParked))


def paused(batch: Batch, recorded: Recorded, event: e.ExecutionPaused | e.ExecutionResumed) -> None:
    change(batch, recorded, event.execution_id, paused=isinstance(event, e.ExecutionPaused))


def change(batch: Batch, recorded: Recorded, execution_id: UUID, **fields: bool) -> None:
    rows = batch.runs if execution_id in batch.runs.rows else batch.changed
    rows.put(execution_id, recorded, execution_id=execution_id, **fields)


def ended(batch: Batch, recorded: Recorded, event: Ending) -> None:
    batch.changed.rows.pop(event.execution_id, None)
    batch.runs.remove(event.execution_id, recorded, execution_id=event.execution_id)


ON: Handlers[Batch] = {
    e.ExecutionQueued: queued,
    e.ExecutionStarted: started,
    e.ExecutionParked: parked,
    e.ExecutionPaused: paused,
    e.ExecutionWoken: parked,
    e.ExecutionResumed: paused,
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
