"""Prepaid credit of tenants."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from projections.fold import Handlers, common, fold
from projections.kernel import Projection, Row, Tx
from projections.statements import add, insert
from schemas.billing.wallets import (
    CreditCharged,
    CreditExpired,
    CreditReleased,
    CreditReserved,
    CreditReturned,
    PaymentModeSet,
    WalletToppedUp,
)
from schemas.envelope import Recorded

WALLETS = add("wallets", key=("tenant_id",), sums=("balance_usd", "held_usd"), newest=("partner_id", "mode"))
TOP_UPS = insert("top_ups", key="id")


@dataclass
class Batch:
    changes: list[Row] = field(default_factory=list)
    top_ups: list[Row] = field(default_factory=list)


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    batch = fold(ON, Batch(), events)
    await tx.write(WALLETS, batch.changes)
    await tx.write(TOP_UPS, batch.top_ups)


def mode_set(batch: Batch, recorded: Recorded, event: PaymentModeSet) -> None:
    batch.changes.append({**common(recorded), "mode": event.mode})


def topped_up(batch: Batch, recorded: Recorded, event: WalletToppedUp) -> None:
    batch.changes.append({**common(recorded), "balance_usd": event.amount})
    row = {"id": event.top_up_id, "amount_usd": event.amount, "source": event.source}
    batch.top_ups.append({**common(recorded), **row, "expires_at": event.expires_at})


def reserved(batch: Batch, recorded: Recorded, event: CreditReserved) -> None:
    batch.changes.append({**common(recorded), "held_usd": event.amount})


def charged(batch: Batch, recorded: Recorded, event: CreditCharged) -> None:
    batch.changes.append({**common(recorded), "held_usd": -event.hold, "balance_usd": -event.amount})


def released(batch: Batch, recorded: Recorded, event: CreditReleased) -> None:
    batch.changes.append({**common(recorded), "held_usd": -event.hold})


def returned(batch: Batch, recorded: Recorded, event: CreditReturned) -> None:
    batch.changes.append({**common(recorded), "balance_usd": event.amount})


def expired(batch: Batch, recorded: Recorded, event: CreditExpired) -> None:
    batch.changes.append({**common(recorded), "balance_usd": -event.amount})


ON: Handlers[Batch] = {
    PaymentModeSet: mode_set,
    WalletToppedUp: topped_up,
    CreditReserved: reserved,
    CreditCharged: charged,
    CreditReleased: released,
    CreditReturned: returned,
    CreditExpired: expired,
}

PROJECTION = Projection(
    name="wallets",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("wallets", "top_ups"),
    project=project,
    money=True,
)
