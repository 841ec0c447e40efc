"""A ledger entry as one row to add to its month."""

from collections.abc import Sequence
from datetime import UTC
from decimal import Decimal
from uuid import UUID

from projections.amounts import tokens
from projections.kernel import Row
from schemas.billing.corrections import AdjustmentPosted, EntryReversed
from schemas.billing.events import CallSettled
from schemas.billing.invoices import CreditNoteIssued
from schemas.billing.months import CREDIT_NOTE, USAGE
from schemas.billing.types import Posting
from schemas.envelope import Recorded
from schemas.execution.chat import Usage

Entry = CallSettled | EntryReversed | AdjustmentPosted

NOTHING = Decimal(0)
NO_USE = tokens(Usage())
COLUMN = {
    "payable": ("posted_payable", "credit"),
    "receivable": ("posted_receivable", "debit"),
    "tax": ("posted_receivable", "debit"),
    "wallet": ("posted_wallet", "debit"),
    "partner": ("posted_commission", "credit"),
    "revenue": ("posted_revenue", "credit"),
}
"""Where a kind of account is added up, and the side it grows on. What is owed, is owed before tax."""


def of_call(recorded: Recorded, event: CallSettled) -> Row:
    named = {"kind": USAGE, "run": event.call.execution_id, "model": event.model, "about_period": ""}
    return {**entry(recorded, event), **named, **tokens(event.usage)}


def of_reversal(recorded: Recorded, event: EntryReversed) -> Row:
    named = {"kind": "reversal", "run": run_of(event.entry), "model": event.model or ""}
    return {**entry(recorded, event), **named, **NO_USE, "about_period": about(event)}


def of_adjustment(recorded: Recorded, event: AdjustmentPosted) -> Row:
    named = {"kind": event.kind, "run": None, "model": event.model or ""}
    return {**entry(recorded, event), **named, **NO_USE, "about_period": about(event)}


def about(event: EntryReversed | AdjustmentPosted) -> str:
    """Said only of another month than the one it is posted in."""
    return "" if event.about_period == event.period else event.about_period


def of_credit_note(recorded: Recorded, event: CreditNoteIssued) -> Row:
    """In the month it was issued in: statements of closed months never change."""
    named = {"kind": CREDIT_NOTE, "run": None, "model": "", "about_period": ""}
    amounts = {"cost": NOTHING, "price": -event.subtotal, "commission": NOTHING}
    period = f"{event.issued_at.astimezone(UTC):%Y-%m}"
    return {**owner(recorded, event), **named, **NO_USE, **amounts, "period": period}


def entry(recorded: Recorded, event: Entry) -> Row:
    amounts = {"cost": event.cost, "price": event.price, "commission": event.commission}
    return {**owner(recorded, event), **amounts, "period": period_of(recorded.stream)}


def owner(recorded: Recorded, event: Entry | CreditNoteIssued) -> Row:
    return {
        "tenant_id": event.tenant_id,
        "partner_id": event.partner_id,
        **posted(event.postings),
        "created_at": recorded.recorded_at,
        "position": recorded.position,
    }


def period_of(ledger: str) -> str:
    """`ledger-<tenant>-2026-09` -> `2026-09`: an entry counts in the month whose ledger it stands in."""
    return ledger[-7:]


def run_of(entry: str) -> UUID | None:
    """Of a call key; an adjustment belongs to no run."""
    run, _, rest = entry.partition(":")
    return UUID(run) if rest else None


def posted(postings: Sequence[Posting]) -> dict[str, Decimal]:
    """What a double entry puts on each kind of account, and by how much it fails to balance."""
    sums = {column: NOTHING for column, _ in COLUMN.values()} | {"imbalance": NOTHING}
    for leg in postings:
        sums["imbalance"] += leg.amount if leg.side == "debit" else -leg.amount
        column, grows = COLUMN.get(leg.account.partition(":")[0], (None, None))
        if column:
            sums[column] += leg.amount if leg.side == grows else -leg.amount
    return sums
