"""Budgets, what of each month is used up, and who was told."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from projections.amounts import Entry, period_of
from projections.fold import Handlers, Rows, common, fold
from projections.kernel import Projection, Row, Tx
from projections.statements import add, insert, merge
from schemas.billing.corrections import AdjustmentPosted, EntryReversed
from schemas.billing.events import CallSettled
from schemas.billing.partner_budgets import BudgetReleased, BudgetReserved, BudgetSettled, PartnerBudgetSet
from schemas.billing.thresholds import BudgetThresholdReached, PartnerThresholdReached
from schemas.envelope import Recorded
from schemas.tenancy.events import SourceBudgetSet, TenantBudgetSet, TenantProvisioned

KEY = ("level", "subject_id")
BUDGETS = merge("budgets", key=KEY, changing=("source_kind",), replaced=("limit_usd",))
USES = add(
    "budget_uses",
    key=(*KEY, "period"),
    sums=("posted_usd", "held_usd"),
    newest=("tenant_id", "partner_id"),
)
ALERTS = insert("budget_alerts", key="level, subject_id, period, threshold")
NOTHING = Decimal(0)


@dataclass
class Batch:
    budgets: Rows = field(default_factory=Rows)
    uses: list[Row] = field(default_factory=list)
    alerts: list[Row] = field(default_factory=list)


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    batch = fold(ON, Batch(), events)
    await tx.write(BUDGETS, batch.budgets.rows.values())
    await tx.write(USES, batch.uses)
    await tx.write(ALERTS, batch.alerts)


def provisioned(batch: Batch, recorded: Recorded, event: TenantProvisioned) -> None:
    row = limited(batch, recorded, "tenant", event.tenant_id, event.monthly_budget)
    row["partner_id"] = event.partner_id


def tenant_budget(batch: Batch, recorded: Recorded, event: TenantBudgetSet) -> None:
    limited(batch, recorded, "tenant", event.tenant_id, event.monthly_budget)


def source_budget(batch: Batch, recorded: Recorded, event: SourceBudgetSet) -> None:
    row = limited(batch, recorded, "source", event.source.id, event.monthly_budget)
    row["source_kind"] = event.source.kind


def partner_budget(batch: Batch, recorded: Recorded, event: PartnerBudgetSet) -> None:
    row = limited(batch, recorded, "partner", event.partner_id, event.limit)
    row["partner_id"] = event.partner_id


def limited(batch: Batch, recorded: Recorded, level: str, subject: object, limit: Decimal | None) -> Row:
    fields = {"level": level, "subject_id": subject, "limit_usd": limit}
    return batch.budgets.put((level, subject), recorded, **fields)


def posted(batch: Batch, recorded: Recorded, event: Entry) -> None:
    if event.source is None:
        return
    row = used(recorded, "source", event.source.id, period_of(event), event.price, NOTHING)
    batch.uses.append({**row, "tenant_id": event.tenant_id, "partner_id": event.partner_id})


def reserved(batch: Batch, recorded: Recorded, event: BudgetReserved) -> None:
    batch.uses.append(of_partner(recorded, event, NOTHING, event.amount))


def settled(batch: Batch, recorded: Recorded, event: BudgetSettled) -> None:
    batch.uses.append(of_partner(recorded, event, event.amount, -event.hold))


def released(batch: Batch, recorded: Recorded, event: BudgetReleased) -> None:
    batch.uses.append(of_partner(recorded, event, NOTHING, -event.hold))


def of_partner(
    recorded: Recorded, event: BudgetReserved | BudgetSettled | BudgetReleased, posted: Decimal, held: Decimal
) -> Row:
    row = used(recorded, "partner", event.partner_id, event.period, posted, held)
    return {**row, "partner_id": event.partner_id}


def used(recorded: Recorded, level: str, subject: object, period: str, posted: Decimal, held: Decimal) -> Row:
    place = {"level": level, "subject_id": subject, "period": period}
    return {**common(recorded), **place, "posted_usd": posted, "held_usd": held}


def reached(
    batch: Batch, recorded: Recorded, event: BudgetThresholdReached | PartnerThresholdReached
) -> None:
    place = {"period": event.period, "threshold": event.threshold}
    figures = {"limit_usd": event.budget, "posted_usd": event.posted}
    batch.alerts.append({**common(recorded), **subject(event), **place, **figures})


def subject(event: BudgetThresholdReached | PartnerThresholdReached) -> Row:
    if isinstance(event, PartnerThresholdReached):
        return {"level": "partner", "subject_id": event.partner_id, "partner_id": event.partner_id}
    return {"level": event.level, "subject_id": event.source.id if event.source else event.tenant_id}


ON: Handlers[Batch] = {
    TenantProvisioned: provisioned,
    TenantBudgetSet: tenant_budget,
    SourceBudgetSet: source_budget,
    PartnerBudgetSet: partner_budget,
    CallSettled: posted,
    EntryReversed: posted,
    AdjustmentPosted: posted,
    BudgetReserved: reserved,
    BudgetSettled: settled,
    BudgetReleased: released,
    BudgetThresholdReached: reached,
    PartnerThresholdReached: reached,
}

PROJECTION = Projection(
    name="budgets",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("budgets", "budget_uses", "budget_alerts"),
    project=project,
    money=True,
)
