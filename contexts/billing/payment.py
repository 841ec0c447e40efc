"""One invoice's payment: requested, attempted, and in the end paid, cancelled or written off.

The provider's word is the truth: whatever comes, and in whatever order, leads to asking it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from contexts.kernel import Aggregate
from schemas.base import PartnerId, TenantId
from schemas.billing import payments as p
from schemas.billing.payment_accounts import ProviderName
from schemas.billing.payment_types import Charge, PaymentStatus, Repayment

PaymentEvent = (
    p.PaymentRequested
    | p.AttemptBegun
    | p.PaymentPrepared
    | p.PaymentLookedFor
    | p.PaymentPending
    | p.PaymentSucceeded
    | p.PaymentFailed
    | p.PaymentOverdue
    | p.PaymentReduced
    | p.PaymentCancelled
    | p.PaymentWrittenOff
    | p.RefundRequested
    | p.RefundLookedFor
    | p.PaymentRefunded
    | p.RefundFailed
)
ENDED: tuple[PaymentStatus, ...] = ("succeeded", "refunded", "cancelled", "written_off")


@dataclass(frozen=True)
class Refund:
    repayment: Repayment
    status: Literal["requested", "done", "failed"]
    looks: int
    look_at: datetime


@dataclass(frozen=True)
class Payment:
    """`due_at`: when somebody looks at it again; None: it has ended, or dunning does.

    `charge`: the last attempt. `refused`: the payment method that is not to be tried again.
    """

    tenant_id: TenantId
    partner_id: PartnerId | None
    invoice_id: UUID
    number: str
    amount: Decimal
    currency: str
    due_at: datetime | None
    status: PaymentStatus = "requested"
    charge: Charge | None = None
    looks: int = 0
    pending: bool = False
    refused: str | None = None
    paid: Decimal = Decimal(0)
    reference: str = ""
    provider: ProviderName = "manual"
    refunds: Mapping[UUID, Refund] = field(default_factory=dict)
    credited: frozenset[UUID] = frozenset()

    @property
    def attempts(self) -> int:
        return self.charge.attempt if self.charge else 0

    @property
    def refundable(self) -> Decimal:
        """What was paid and is neither paid back nor about to be."""
        promised = (r.repayment.amount for r in self.refunds.values() if r.status != "failed")
        return self.paid - sum(promised, Decimal(0))


def evolve(state: Payment | None, event: PaymentEvent) -> Payment | None:
    if isinstance(event, p.PaymentRequested):
        return requested(event)
    if state is None:
        return None
    if isinstance(event, p.RefundRequested | p.RefundLookedFor | p.PaymentRefunded | p.RefundFailed):
        return replace(state, **refunded(state, event))
    return replace(state, **changes(state, event))


def requested(event: p.PaymentRequested) -> Payment:
    return Payment(
        tenant_id=event.tenant_id,
        partner_id=event.partner_id,
        invoice_id=event.invoice_id,
        number=event.number,
        amount=event.amount,
        currency=event.currency,
        due_at=event.due_at,
    )


def changes(state: Payment, event: PaymentEvent) -> dict[str, Any]:
    match event:
        case p.AttemptBegun():
            fresh = {"status": "attempting", "looks": 0, "pending": False}
            return {**fresh, "charge": event.charge, "due_at": event.look_at}
        case p.PaymentPrepared():
            return {"charge": event.charge, "due_at": event.look_at}
        case p.PaymentLookedFor():
            due_at = event.look_at if event.open else state.due_at
            return {"looks": event.looks, "due_at": due_at}
        case p.PaymentPending():
            return {"pending": True, "due_at": event.look_at}
        case p.PaymentSucceeded():
            paid = {"paid": event.amount, "reference": event.reference, "provider": event.provider}
            return {"status": "succeeded", "due_at": None, **paid}
        case p.PaymentFailed():
            refused = None if event.retryable else state.charge and state.charge.method
            return {"status": "failed", "due_at": None, "refused": refused}
        case p.PaymentOverdue():
            return {"status": "failed", "due_at": None}
        case p.PaymentReduced():
            return {"amount": event.amount, "credited": state.credited | {event.credit_note_id}}
        case p.PaymentCancelled():
            return {"status": "cancelled", "due_at": None}
        case p.PaymentWrittenOff():
            return {"status": "written_off", "due_at": None}
    return {}


def refunded(state: Payment, event: PaymentEvent) -> dict[str, Any]:
    match event:
        case p.RefundRequested():
            return with_refund(state, Refund(event.repayment, "requested", 0, event.look_at))
        case p.RefundLookedFor():
            return with_refund(state, Refund(event.repayment, "requested", event.looks, event.look_at))
        case p.PaymentRefunded():
            done = replace(state.refunds[event.refund_id], status="done")
            return {**with_refund(state, done), "status": state.status if event.left else "refunded"}
        case p.RefundFailed():
            return with_refund(state, replace(state.refunds[event.refund_id], status="failed"))
    return {}


def with_refund(state: Payment, refund: Refund) -> dict[str, Any]:
    return {"refunds": {**state.refunds, refund.repayment.refund_id: refund}}


PAYMENT = Aggregate("payment", Payment, evolve)
