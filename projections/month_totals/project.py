"""A month's entries added up by tenant, agent or workflow, and model: every statement is a small query."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from projections.fold import Handlers, Rows, common, fold
from projections.kernel import Projection, Row, Tx
from projections.month_totals import entries
from projections.statements import insert
from schemas.authoring.definition import Source
from schemas.billing.corrections import AdjustmentPosted, EntryReversed, PeriodClosed
from schemas.billing.events import CallSettled
from schemas.billing.invoices import CreditNoteIssued
from schemas.envelope import Recorded
from schemas.execution.events import ExecutionQueued, ExecutionStarted
from schemas.tenancy.erasure import ContentErased

FOLDER = Path(__file__).parent
ADD = (FOLDER / "add.sql").read_text()
SOURCES = insert("run_sources", key="execution_id")
CLOSED = insert("closed_months", key="tenant_id, period")


@dataclass
class Batch:
    sources: Rows = field(default_factory=Rows)
    entries: list[Row] = field(default_factory=list)
    closed: Rows = field(default_factory=Rows)


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    """A run is known before its first entry: its start comes before its calls."""
    batch = fold(ON, Batch(), events)
    await tx.write(SOURCES, batch.sources.rows.values())
    await tx.write(ADD, batch.entries)
    await tx.write(CLOSED, batch.closed.rows.values())


def begun(batch: Batch, recorded: Recorded, event: ExecutionQueued | ExecutionStarted) -> None:
    run_of(batch, recorded, event.execution_id, event.source)


def erased(batch: Batch, recorded: Recorded, event: ContentErased) -> None:
    """What a run was of outlives its content."""
    if event.source:
        run_of(batch, recorded, UUID(recorded.stream.partition("-")[2]), event.source)


def run_of(batch: Batch, recorded: Recorded, execution_id: UUID, source: Source) -> None:
    of = {"source_kind": source.kind, "source_id": str(source.id), "source_name": source.name}
    batch.sources.put(execution_id, recorded, execution_id=execution_id, **of)


def settled(batch: Batch, recorded: Recorded, event: CallSettled) -> None:
    batch.entries.append(entries.of_call(recorded, event))


def reversed_(batch: Batch, recorded: Recorded, event: EntryReversed) -> None:
    batch.entries.append(entries.of_reversal(recorded, event))


def adjusted(batch: Batch, recorded: Recorded, event: AdjustmentPosted) -> None:
    batch.entries.append(entries.of_adjustment(recorded, event))


def credited(batch: Batch, recorded: Recorded, event: CreditNoteIssued) -> None:
    batch.entries.append(entries.of_credit_note(recorded, event))


def closed(batch: Batch, recorded: Recorded, event: PeriodClosed) -> None:
    amounts = {"cost": event.cost, "price": event.price, "commission": event.commission}
    owner = {"tenant_id": event.tenant_id, "partner_id": event.partner_id, "period": event.period}
    row = {**common(recorded), **owner, **amounts, "entries": event.entries}
    batch.closed.rows[event.tenant_id, event.period] = row


ON: Handlers[Batch] = {
    ExecutionQueued: begun,
    ExecutionStarted: begun,
    ContentErased: erased,
    CallSettled: settled,
    EntryReversed: reversed_,
    AdjustmentPosted: adjusted,
    PeriodClosed: closed,
    CreditNoteIssued: credited,
}

PROJECTION = Projection(
    name="month_totals",
    events=frozenset(ON),
    schema=(FOLDER / "schema.sql").read_text(),
    tables=("month_totals", "run_sources", "closed_months"),
    project=project,
    money=True,
)
