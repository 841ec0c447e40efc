"""Invoices that are to be collected, and what happened to each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from projections.fold import Handlers, Rows, common, fold
from projections.kernel import Projection, Row, Tx
from projections.statements import insert, merge
from schemas.billing import payments as p
from schemas.envelope import Recorded

CHANGING = (
    *("status", "attempts", "provider", "reference", "kept_usd", "paid_at"),
    *("code", "message", "due_at", "amount_usd"),
)
PAYMENTS = merge("payments", key=("id",), changing=CHANGING)
ENTRIES = insert("payment_entries", key="id")
ENTRY_IDS = UUID("1c5f3e52-64b7-4f0e-9f0b-5d6a9b0f4a31")


@dataclass
class Batch:
    payments: Rows = field(default_factory=Rows)
    entries: list[Row] = field(default_factory=list)


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    batch = fold(ON, Batch(), events)
    await tx.write(PAYMENTS, batch.payments.rows.values())
    await tx.write(ENTRIES, batch.entries)


def put(batch: Batch, recorded: Recorded, invoice_id: UUID, **fields: Any) -> None:
    batch.payments.put(invoice_id, recorded, id=invoice_id, **fields)


def enter(batch: Batch, recorded: Recorded, invoice_id: UUID, kind: str, **fields: Any) -> None:
    row = {**common(recorded), "id": uuid5(ENTRY_IDS, recorded.ref), "invoice_id": invoice_id}
    batch.entries.append({**row, "kind": kind, "at": recorded.recorded_at, "postings": (), **fields})


def requested(batch: Batch, recorded: Recorded, event: p.PaymentRequested) -> None:
    about = {"number": event.number, "amount_usd": event.amount, "currency": event.currency}
    put(batch, recorded, event.invoice_id, **about, status="requested", due_at=event.due_at, attempts=0)


def begun(batch: Batch, recorded: Recorded, event: p.AttemptBegun) -> None:
    charge = event.charge
    put(batch, recorded, charge.invoice_id, status="attempting", attempts=charge.attempt)


def prepared(batch: Batch, recorded: Recorded, event: p.PaymentPrepared) -> None:
    charge = event.charge
    put(batch, recorded, charge.invoice_id, provider=charge.provider, reference=charge.reference)


def succeeded(batch: Batch, recorded: Recorded, event: p.PaymentSucceeded) -> None:
    how = {"provider": event.provider, "reference": event.reference}
    now = {"status": "succeeded", "kept_usd": event.amount, "paid_at": recorded.recorded_at}
    put(batch, recorded, event.invoice_id, **how, **now)
    enter(
        batch,
        recorded,
        event.invoice_id,
        "payment",
        amount_usd=event.amount,
        postings=event.postings,
        **how,
    )


def failed(batch: Batch, recorded: Recorded, event: p.PaymentFailed) -> None:
    why = {"code": event.code, "message": event.message}
    put(batch, recorded, event.invoice_id, status="failed", **why)
    enter(
        batch,
        recorded,
        event.invoice_id,
        "attempt_failed",
        amount_usd=event.amount,
        attempt=event.attempt,
        code=event.code,
        reason=event.message,
    )


def overdue(batch: Batch, recorded: Recorded, event: p.PaymentOverdue) -> None:
    put(batch, recorded, event.invoice_id, status="failed", code="payment.overdue")


def reduced(batch: Batch, recorded: Recorded, event: p.PaymentReduced) -> None:
    put(batch, recorded, event.invoice_id, amount_usd=event.amount)
    enter(
        batch,
        recorded,
        event.invoice_id,
        "credit_note",
        amount_usd=event.by,
        reference=str(event.credit_note_id),
    )


def cancelled(batch: Batch, recorded: Recorded, event: p.PaymentCancelled) -> None:
    put(batch, recorded, event.invoice_id, status="cancelled", message=event.reason)


def written_off(batch: Batch, recorded: Recorded, event: p.PaymentWrittenOff) -> None:
    put(batch, recorded, event.invoice_id, status="written_off", message=event.reason)
    enter(
        batch,
        recorded,
        event.invoice_id,
        "write_off",
        amount_usd=event.amount,
        reason=event.reason,
        postings=event.postings,
    )


def refunded(batch: Batch, recorded: Recorded, event: p.PaymentRefunded) -> None:
    ended = {} if event.left else {"status": "refunded"}
    put(batch, recorded, event.invoice_id, kept_usd=event.left, **ended)
    enter(
        batch,
        recorded,
        event.invoice_id,
        "refund",
        amount_usd=event.amount,
        provider=event.provider,
        reference=event.reference,
        reason=event.reason,
        postings=event.postings,
    )


def refund_failed(batch: Batch, recorded: Recorded, event: p.RefundFailed) -> None:
    why = {"code": event.code, "reason": event.message}
    enter(batch, recorded, event.invoice_id, "refund_failed", amount_usd=event.amount, **why)


ON: Handlers[Batch] = {
    p.PaymentRequested: requested,
    p.AttemptBegun: begun,
    p.PaymentPrepared: prepared,
    p.PaymentSucceeded: succeeded,
    p.PaymentFailed: failed,
    p.PaymentOverdue: overdue,
    p.PaymentReduced: reduced,
    p.PaymentCancelled: cancelled,
    p.PaymentWrittenOff: written_off,
    p.PaymentRefunded: refunded,
    p.RefundFailed: refund_failed,
}

PROJECTION = Projection(
    name="payments",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("payments", "payment_entries"),
    project=project,
    money=True,
    insert_only=frozenset({"payment_entries"}),
)
