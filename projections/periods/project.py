"""Which months of which tenants are closed."""

from collections.abc import Sequence
from pathlib import Path

from projections.fold import Handlers, common, fold
from projections.kernel import Projection, Row, Tx
from projections.statements import insert
from schemas.billing.corrections import PeriodClosed
from schemas.envelope import Recorded

PERIODS = insert("periods", key="tenant_id, period")

Batch = list[Row]


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    closed: Batch = []
    fold(ON, closed, events)
    await tx.write(PERIODS, closed)


def period_closed(batch: Batch, recorded: Recorded, event: PeriodClosed) -> None:
    amounts = {"cost_usd": event.cost, "price_usd": event.price, "commission_usd": event.commission}
    place = {"period": event.period, "entries": event.entries, "last_version": event.last_version}
    who = {"tenant_id": event.tenant_id, "partner_id": event.partner_id}
    batch.append({**common(recorded), **who, **place, **amounts})


ON: Handlers[Batch] = {PeriodClosed: period_closed}

PROJECTION = Projection(
    name="periods",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("periods",),
    project=project,
    money=True,
)
