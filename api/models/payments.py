"""Payments. Money as strings; what is the platform's books alone is absent for others."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from api.bodies import Body
from api.models.common import ID, NOW, OTHER_ID, Number, example
from schemas.billing.payment_accounts import MethodId, ProviderName
from schemas.billing.payment_types import Money, PaymentStatus, Reason, Reference
from schemas.billing.types import Posting


class RefundBody(Body):
    """Without an amount: all that was not paid back yet."""

    model_config = example(amount="20.50", reason="One run was our mistake.")

    amount: Money | None = None
    reason: Reason


class ReceiptBody(Body):
    """`reference`: what the bank calls it."""

    model_config = example(reference="bank statement 2026-11-23, line 4")

    reference: Reference


class PaymentMethodBody(Body):
    """`method`: Stripe's name for a card that the payer gave to Stripe. Card numbers never come here."""

    model_config = example(provider="stripe", method="pm_1QabcdEFGH")

    provider: ProviderName
    method: MethodId | None = None


class PaymentAccount(BaseModel):
    """`offered`: the provider is asked about it. `code`: why it did not take the last one."""

    model_config = example(provider="stripe", method="pm_1QabcdEFGH", offered=None, code=None, message=None)

    provider: ProviderName
    method: str | None
    offered: str | None
    code: str | None
    message: str | None


class PaymentEntry(BaseModel):
    kind: str
    at: datetime
    amount: Number
    attempt: int | None
    provider: str | None
    reference: str | None
    code: str | None
    reason: str | None
    postings: list[Posting] | None = None


ENTRY: dict[str, Any] = {
    "kind": "payment",
    "at": NOW,
    "amount": "120.50",
    "attempt": None,
    "provider": "stripe",
    "reference": "pi_1",
    "code": None,
    "reason": None,
}
PAYMENT: dict[str, Any] = {
    "invoice_id": ID,
    "tenant_id": OTHER_ID,
    "number": "N-2026-0007",
    "amount": "120.50",
    "currency": "USD",
    "status": "succeeded",
    "due_at": NOW,
    "attempts": 1,
    "provider": "stripe",
    "reference": "pi_1",
    "kept": "120.50",
    "code": None,
    "message": None,
    "paid_at": NOW,
}


class Payment(BaseModel):
    """`kept`: what came and was not paid back. `code`: why the last attempt failed."""

    model_config = example(**PAYMENT)

    invoice_id: UUID
    tenant_id: UUID
    number: str
    amount: Number
    currency: str
    status: PaymentStatus
    due_at: datetime
    attempts: int
    provider: str | None
    reference: str | None
    kept: Number | None
    code: str | None
    message: str | None
    paid_at: datetime | None


class PaymentDetail(Payment):
    model_config = example(**PAYMENT, entries=[ENTRY])

    entries: list[PaymentEntry]


class PaymentPage(BaseModel):
    model_config = example(items=[PAYMENT], next_cursor=None)

    items: list[Payment]
    next_cursor: str | None


class StripeReceived(BaseModel):
    """`ignored`: about nothing of ours."""

    model_config = example(received="looked_at")

    received: str
