"""Invoices, payments and dunning with defaults, and how a story gets an invoice."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from infra.eventstore.types import Batch, Row
from schemas.base import Event
from schemas.billing import dunning as d
from schemas.billing import payment_accounts as a
from schemas.billing import payments as p
from schemas.billing.dunning import STANDARD
from schemas.billing.invoices import InvoiceIssued
from schemas.billing.payment_types import Charge, Outcome, Repayment
from schemas.billing.types import Posting
from tests.support.builders import NOW, PARTNER_ID, TENANT_ID
from tests.support.faces import invoice_face
from tests.support.harness import Harness
from tests.support.story import accept, tenant_admin

INVOICE_ID = UUID(int=70)
REFUND_ID = UUID(int=71)
TOTAL = Decimal("120.50")
DUE_AT = NOW + timedelta(days=14)
OF: dict[str, Any] = {"tenant_id": TENANT_ID, "invoice_id": INVOICE_ID}
OWN: dict[str, Any] = {**OF, "partner_id": PARTNER_ID}
LOOK_AT = NOW + timedelta(minutes=5)
DAY = timedelta(days=1).total_seconds()
CARD = "pm_good"
RECEIVABLE = f"receivable:{TENANT_ID}"


def invoice(**changes: Any) -> InvoiceIssued:
    defaults = {
        **OWN,
        "number": "N-2026-0007",
        "issuer": PARTNER_ID,
        "period": "2026-09",
        "subtotal": TOTAL,
        "total": TOTAL,
        "due": TOTAL,
        "issued_at": NOW,
        "due_at": DUE_AT,
    }
    return InvoiceIssued(**dict(invoice_face(**{**defaults, **changes})), document_hash="0" * 64)


def request_payment(**changes: Any) -> p.RequestPayment:
    defaults = {**OF, "number": "N-2026-0007", "amount": TOTAL, "currency": "USD", "due_at": DUE_AT}
    return p.RequestPayment(**{**defaults, **changes})


def requested(**changes: Any) -> p.PaymentRequested:
    return p.PaymentRequested(**{**dict(request_payment()), **OWN, **changes})


def charge(attempt: int = 1, **changes: Any) -> Charge:
    defaults = {
        **OF,
        "number": "N-2026-0007",
        "attempt": attempt,
        "provider": "stripe",
        "customer": "cus_1",
        "method": CARD,
        "amount": TOTAL,
        "currency": "USD",
    }
    return Charge(**{**defaults, **changes})


def begun(attempt: int = 1, **changes: Any) -> p.AttemptBegun:
    return p.AttemptBegun(charge=charge(attempt, **changes), look_at=LOOK_AT)


def prepared(attempt: int = 1, **changes: Any) -> p.PaymentPrepared:
    return p.PaymentPrepared(charge=charge(attempt, reference=f"pi_{attempt}", **changes), look_at=LOOK_AT)


def succeeded(**changes: Any) -> p.PaymentSucceeded:
    defaults = {
        **OWN,
        "provider": "stripe",
        "reference": "pi_1",
        "amount": TOTAL,
        "currency": "USD",
        "postings": entry("cash:stripe", RECEIVABLE, TOTAL),
    }
    return p.PaymentSucceeded(**{**defaults, **changes})


def failed(attempt: int = 1, **changes: Any) -> p.PaymentFailed:
    why = {"code": "stripe.insufficient_funds", "message": "", "retryable": True}
    return p.PaymentFailed(**{**OF, "attempt": attempt, "amount": TOTAL, **why, **changes})


def told(status: str, **changes: Any) -> Outcome:
    return Outcome(**{"status": status, "reference": "pi_1", **changes})


def repayment(**changes: Any) -> Repayment:
    defaults = {
        **OF,
        "refund_id": REFUND_ID,
        "provider": "stripe",
        "payment": "pi_1",
        "amount": TOTAL,
        "currency": "USD",
        "reason": "A mistake of ours.",
    }
    return Repayment(**{**defaults, **changes})


def entry(debit: str, credit: str, amount: Decimal) -> tuple[Posting, ...]:
    return (
        Posting(account=debit, side="debit", amount=amount),
        Posting(account=credit, side="credit", amount=amount),
    )


def dunning_begun(**changes: Any) -> d.DunningBegun:
    due_at = NOW + timedelta(days=2)
    return d.DunningBegun(**{**OF, "amount": TOTAL, "steps": STANDARD, "due_at": due_at, **changes})


def given_card(h: Harness, method: str = CARD) -> None:
    command = a.SetPaymentMethod(tenant_id=TENANT_ID, provider="stripe", method=method)
    accept(h.submit(command, as_=tenant_admin()))
    h.run()


def given_invoice(h: Harness, **changes: Any) -> UUID:
    """Issued now, due in two weeks, as the close of a month leaves it."""
    id_ = uuid4()
    event = invoice(
        **{"invoice_id": id_, "issued_at": h.clock.now, "due_at": h.clock.now + timedelta(days=14)} | changes
    )
    happened(h, event, f"invoice-{event.invoice_id}")
    h.run()
    return event.invoice_id


def happened(h: Harness, event: Event, stream: str) -> None:
    """An event nobody decided here."""
    row = Row(
        stream=stream,
        version=len(h.events(stream)) + 1,
        type=event.type_name,
        type_version=event.type_version,
        data=event.model_dump_json().encode(),
        tenant_id=TENANT_ID,
        partner_id=PARTNER_ID,
        actor="system:tests",
        message_id=uuid4(),
        correlation_id=uuid4(),
        traceparent=None,
        recorded_at=h.clock.now,
    )
    h.store.commit(Batch(h.clock.now, rows=[row]))


def refund(invoice_id: UUID, number: int, amount: str | None) -> p.RefundPayment:
    return p.RefundPayment(
        tenant_id=TENANT_ID,
        invoice_id=invoice_id,
        refund_id=UUID(int=900 + number),
        amount=Decimal(amount) if amount else None,
        reason="A mistake of ours.",
    )
