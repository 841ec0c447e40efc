"""Where dunning stands: per unpaid invoice, per tenant, and the steps of each partner."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from projections.fold import Handlers, Rows, fold
from projections.kernel import Projection, Tx
from projections.statements import delete, merge
from schemas.billing import dunning as d
from schemas.envelope import Recorded

CASES = merge("dunning_cases", key=("id",), changing=("taken",), replaced=("due_at",))
GONE = delete("dunning_cases", key=("id",))
TENANTS = merge(
    "dunning_tenants", key=("tenant_id",), changing=("level", "exempt", "exempt_until", "exempt_reason")
)
SCHEDULES = merge("dunning_schedules", key=("owner_id",), changing=(), replaced=("steps",))


@dataclass
class Batch:
    cases: Rows = field(default_factory=Rows)
    tenants: Rows = field(default_factory=Rows)
    schedules: Rows = field(default_factory=Rows)


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    batch = fold(ON, Batch(), events)
    await tx.write(GONE, batch.cases.gone.values())
    await tx.write(CASES, batch.cases.rows.values())
    await tx.write(TENANTS, batch.tenants.rows.values())
    await tx.write(SCHEDULES, batch.schedules.rows.values())


def begun(batch: Batch, recorded: Recorded, event: d.DunningBegun) -> None:
    case = {"amount_usd": event.amount, "steps": event.steps, "taken": 0, "due_at": event.due_at}
    batch.cases.put(event.invoice_id, recorded, id=event.invoice_id, **case)


def step_taken(batch: Batch, recorded: Recorded, event: d.DunningStepTaken) -> None:
    now = {"taken": event.step + 1, "due_at": event.due_at}
    batch.cases.put(event.invoice_id, recorded, id=event.invoice_id, **now)


def step_moved(batch: Batch, recorded: Recorded, event: d.DunningStepMoved) -> None:
    batch.cases.put(event.invoice_id, recorded, id=event.invoice_id, due_at=event.due_at)


def settled(batch: Batch, recorded: Recorded, event: d.DunningSettled) -> None:
    batch.cases.remove(event.invoice_id, recorded, id=event.invoice_id)


def tenant(batch: Batch, recorded: Recorded, event: Any, **fields: Any) -> None:
    batch.tenants.put(event.tenant_id, recorded, **fields)


def level_changed(batch: Batch, recorded: Recorded, event: d.DunningLevelChanged) -> None:
    tenant(batch, recorded, event, level=event.level)


def exempted(batch: Batch, recorded: Recorded, event: d.DunningExempted) -> None:
    tenant(batch, recorded, event, exempt=True, exempt_until=event.until, exempt_reason=event.reason)


def exemption_ended(batch: Batch, recorded: Recorded, event: d.DunningExemptionEnded) -> None:
    tenant(batch, recorded, event, exempt=False)


def schedule_set(batch: Batch, recorded: Recorded, event: d.DunningScheduleSet) -> None:
    whose = {"owner_id": event.partner_id, "partner_id": event.partner_id}
    batch.schedules.put(event.partner_id, recorded, **whose, steps=event.steps)


ON: Handlers[Batch] = {
    d.DunningBegun: begun,
    d.DunningStepTaken: step_taken,
    d.DunningStepMoved: step_moved,
    d.DunningSettled: settled,
    d.DunningLevelChanged: level_changed,
    d.DunningExempted: exempted,
    d.DunningExemptionEnded: exemption_ended,
    d.DunningScheduleSet: schedule_set,
}

PROJECTION = Projection(
    name="dunning",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("dunning_cases", "dunning_tenants", "dunning_schedules"),
    project=project,
)
