"""One row per tenant and month: the sum of its ledger entries."""

from collections.abc import Sequence
from pathlib import Path

from projections.amounts import NO_AMOUNTS, amounts, tokens
from projections.fold import Handlers, common, fold
from projections.kernel import Projection, Row, Tx
from schemas.billing.events import CallSettled, CallWrittenOff
from schemas.envelope import Recorded
from schemas.execution.chat import Usage

FOLDER = Path(__file__).parent
ADD = (FOLDER / "add.sql").read_text()

Batch = list[Row]


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    calls: Batch = []
    fold(ON, calls, events)
    await tx.write(ADD, calls)


def settled(batch: Batch, recorded: Recorded, event: CallSettled) -> None:
    row = {**common(recorded), **tokens(event.usage), **amounts(event), "period": event.call.period}
    owner = {"tenant_id": event.tenant_id, "partner_id": event.partner_id}
    batch.append({**row, **owner, "calls": 1, "written_off": 0})


def written_off(batch: Batch, recorded: Recorded, event: CallWrittenOff) -> None:
    row = {**common(recorded), **tokens(Usage()), **NO_AMOUNTS, "period": event.call.period}
    batch.append({**row, "tenant_id": event.tenant_id, "calls": 0, "written_off": 1})


ON: Handlers[Batch] = {CallSettled: settled, CallWrittenOff: written_off}

PROJECTION = Projection(
    name="tenant_bills",
    events=frozenset(ON),
    schema=(FOLDER / "schema.sql").read_text(),
    tables=("tenant_bills",),
    project=project,
    money=True,
)
