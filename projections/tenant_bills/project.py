"""One row per tenant, partner and month: the sum of its ledger entries."""

from collections.abc import Sequence
from pathlib import Path

from projections.amounts import NO_AMOUNTS, Entry, amounts, period_of, tokens
from projections.fold import Handlers, common, fold
from projections.kernel import Projection, Row, Tx
from projections.statements import add
from schemas.base import PLATFORM
from schemas.billing.corrections import AdjustmentPosted, EntryReversed
from schemas.billing.events import CallSettled, CallWrittenOff
from schemas.envelope import Recorded
from schemas.execution.chat import Usage

COUNTS = ("calls", "written_off", "corrections")
SUMS = (*COUNTS, *tokens(Usage()), *NO_AMOUNTS)
ADD = add("tenant_bills", key=("tenant_id", "period", "partner_id"), sums=SUMS, newest=())

Batch = list[Row]


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    calls: Batch = []
    fold(ON, calls, events)
    await tx.write(ADD, calls)


def settled(batch: Batch, recorded: Recorded, event: CallSettled) -> None:
    batch.append({**entry(recorded, event), **tokens(event.usage), "calls": 1})


def corrected(batch: Batch, recorded: Recorded, event: EntryReversed | AdjustmentPosted) -> None:
    batch.append({**entry(recorded, event), "corrections": 1})


def entry(recorded: Recorded, event: Entry) -> Row:
    owner = {"tenant_id": event.tenant_id, "partner_id": event.partner_id}
    return {**common(recorded), **owner, **amounts(event), "period": period_of(event)}


def written_off(batch: Batch, recorded: Recorded, event: CallWrittenOff) -> None:
    partner = recorded.partner_id or PLATFORM
    who = {"tenant_id": event.tenant_id, "partner_id": partner, "period": event.call.period}
    batch.append({**common(recorded), **who, "written_off": 1})


ON: Handlers[Batch] = {
    CallSettled: settled,
    CallWrittenOff: written_off,
    EntryReversed: corrected,
    AdjustmentPosted: corrected,
}

PROJECTION = Projection(
    name="tenant_bills",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("tenant_bills",),
    project=project,
    money=True,
)
