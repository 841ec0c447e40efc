"""Triggers, and what came of each of their occurrences."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from projections.fold import Handlers, Rows, fold
from projections.kernel import Projection, Tx
from projections.statements import merge
from schemas.authoring import events as e
from schemas.authoring.triggers import WebhookTrigger, run_of
from schemas.envelope import Recorded
from schemas.execution.events import ExecutionQueued, ExecutionRefused, ExecutionStarted

TRIGGERS = merge(
    "triggers",
    key=("id",),
    changing=(
        *("name", "workflow_id", "version", "hash", "definition", "secret_ciphertext", "enabled"),
        "next_tick",
    ),
)
DELIVERIES = merge("trigger_deliveries", key=("id",), changing=("status", "problem"))


@dataclass
class Batch:
    triggers: Rows = field(default_factory=Rows)
    deliveries: Rows = field(default_factory=Rows)


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    batch = fold(ON, Batch(), events)
    await tx.write(TRIGGERS, batch.triggers.rows.values())
    await tx.write(DELIVERIES, batch.deliveries.rows.values())


def set_up(batch: Batch, recorded: Recorded, event: e.TriggerCreated | e.TriggerRevised) -> None:
    definition = event.definition
    sealed = definition.secret_ciphertext if isinstance(definition, WebhookTrigger) else None
    batch.triggers.put(
        event.trigger_id,
        recorded,
        id=event.trigger_id,
        name=event.name,
        workflow_id=event.workflow_id,
        version=event.version or 0,
        hash=event.hash or "",
        definition=definition.model_dump(mode="json", exclude={"secret_ciphertext"}),
        secret_ciphertext=sealed or "",
        enabled=event.enabled,
    )


def enabled(batch: Batch, recorded: Recorded, event: e.TriggerEnabled) -> None:
    batch.triggers.put(event.trigger_id, recorded, id=event.trigger_id, enabled=True)


def disabled(batch: Batch, recorded: Recorded, event: e.TriggerDisabled) -> None:
    batch.triggers.put(event.trigger_id, recorded, id=event.trigger_id, enabled=False)


def tick_planned(batch: Batch, recorded: Recorded, event: e.TickPlanned) -> None:
    batch.triggers.put(event.trigger_id, recorded, id=event.trigger_id, next_tick=event.at)


def fired(batch: Batch, recorded: Recorded, event: e.TriggerFired) -> None:
    delivery(batch, recorded, event.trigger_id, event.occurrence, at=event.at, status="pending")


def misfired(batch: Batch, recorded: Recorded, event: e.TriggerMisfired) -> None:
    what = {"status": "misfired", "problem": event.problem}
    delivery(batch, recorded, event.trigger_id, event.occurrence, at=event.at, **what)


def skipped(batch: Batch, recorded: Recorded, event: e.TicksSkipped) -> None:
    occurrence = f"skipped:{event.first.isoformat()}"
    span = {"at": event.first, "until": event.last, "ticks": event.count}
    delivery(batch, recorded, event.trigger_id, occurrence, status="skipped", **span)


def delivery(batch: Batch, recorded: Recorded, trigger_id: Any, occurrence: str, **fields: Any) -> None:
    id_ = run_of(trigger_id, occurrence)
    place = {"id": id_, "trigger_id": trigger_id, "occurrence": occurrence}
    batch.deliveries.put(id_, recorded, **place, event_position=recorded.position, **fields)


def queued(batch: Batch, recorded: Recorded, event: ExecutionQueued) -> None:
    begun(batch, recorded, event, "queued")


def started(batch: Batch, recorded: Recorded, event: ExecutionStarted) -> None:
    begun(batch, recorded, event, "started")


def begun(batch: Batch, recorded: Recorded, event: ExecutionQueued | ExecutionStarted, status: str) -> None:
    """A fork names what triggered the run it comes from, and is another run."""
    trigger = event.trigger
    if trigger and run_of(trigger.trigger_id, trigger.occurrence) == event.execution_id:
        batch.deliveries.put(event.execution_id, recorded, id=event.execution_id, status=status)


def refused(batch: Batch, recorded: Recorded, event: ExecutionRefused) -> None:
    id_ = event.execution_id
    batch.deliveries.put(id_, recorded, id=id_, status="refused", problem=event.problem)


def not_begun(batch: Batch, recorded: Recorded, event: e.DeliveryRefused) -> None:
    id_ = run_of(event.trigger_id, event.occurrence)
    batch.deliveries.put(id_, recorded, id=id_, status="refused", problem=event.problem)


ON: Handlers[Batch] = {
    e.TriggerCreated: set_up,
    e.TriggerRevised: set_up,
    e.TriggerEnabled: enabled,
    e.TriggerDisabled: disabled,
    e.TickPlanned: tick_planned,
    e.TriggerFired: fired,
    e.TriggerMisfired: misfired,
    e.TicksSkipped: skipped,
    e.DeliveryRefused: not_begun,
    ExecutionQueued: queued,
    ExecutionRefused: refused,
    ExecutionStarted: started,
}

PROJECTION = Projection(
    name="triggers",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("triggers", "trigger_deliveries"),
    project=project,
)
