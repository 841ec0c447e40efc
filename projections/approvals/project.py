"""What people are asked to decide."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from projections.closing import Closings, close
from projections.fold import Handlers, Rows, fold
from projections.kernel import Projection, Tx
from projections.statements import merge
from schemas.envelope import Recorded
from schemas.execution import events as e

APPROVALS = merge(
    "approvals",
    key=("id",),
    changing=(
        *("purpose", "status", "message", "form", "assignees"),
        *("deadline", "escalate_at", "escalate_to", "escalated_at"),
    ),
    replaced=("due_at", "approved", "data", "answered_by", "closed_at"),
)
CLOSE = close("approvals", end="closed_at")
IDS = UUID("7d1c5b0e-2f0a-5c36-9a64-0c1b8f6e4d21")


@dataclass
class Batch:
    approvals: Rows = field(default_factory=Rows)
    closings: Closings = field(default_factory=Closings)

    def put(self, recorded: Recorded, event: "Named", **fields: Any) -> None:
        id_ = uuid5(IDS, f"{event.execution_id}:{event.node}:{event.attempt}")
        self.approvals.put(id_, recorded, id=id_, **fields)


Named = e.ApprovalRequested | e.ApprovalEscalated | e.ApprovalAnswered


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    batch = fold(ON, Batch(), events)
    await tx.write(APPROVALS, batch.approvals.rows.values())
    for wave in batch.closings.waves():
        await tx.write(CLOSE, wave)


def requested(batch: Batch, recorded: Recorded, event: e.ApprovalRequested) -> None:
    """Of an attempt people may be asked twice: whether a tool may be used, and what became of its use."""
    batch.put(
        recorded,
        event,
        execution_id=event.execution_id,
        node=event.node,
        attempt=event.attempt,
        purpose=event.purpose,
        status="open",
        message=event.message,
        form=event.form,
        assignees=event.assignees,
        due_at=event.escalate_at or event.due_at,
        deadline=event.due_at,
        escalate_at=event.escalate_at,
        escalate_to=event.escalate_to,
        approved=None,
        data=None,
        answered_by=None,
        closed_at=None,
    )


def escalated(batch: Batch, recorded: Recorded, event: e.ApprovalEscalated) -> None:
    times = {"due_at": event.due_at, "deadline": event.due_at, "escalated_at": recorded.recorded_at}
    batch.put(recorded, event, **times, escalate_to=event.to)


def answered(batch: Batch, recorded: Recorded, event: e.ApprovalAnswered) -> None:
    answer = {"approved": event.approved, "data": event.data, "answered_by": event.by}
    end = {"status": "answered", "due_at": None, "closed_at": recorded.recorded_at}
    batch.put(recorded, event, **answer, **end)


def step_failed(batch: Batch, recorded: Recorded, event: e.StepFailed) -> None:
    batch.closings.step(recorded, event.execution_id, event.node)


def item_failed(batch: Batch, recorded: Recorded, event: e.ItemFailed) -> None:
    batch.closings.inside(recorded, event.execution_id, f"{event.node}[{event.index}]")


def run_ended(batch: Batch, recorded: Recorded, event: e.ExecutionFailed | e.ExecutionCancelled) -> None:
    batch.closings.run(recorded, event.execution_id)


ON: Handlers[Batch] = {
    e.ApprovalRequested: requested,
    e.ApprovalEscalated: escalated,
    e.ApprovalAnswered: answered,
    e.StepFailed: step_failed,
    e.ItemFailed: item_failed,
    e.ExecutionFailed: run_ended,
    e.ExecutionCancelled: run_ended,
}

PROJECTION = Projection(
    name="approvals",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("approvals",),
    project=project,
)
