"""A payment: how one invoice is collected, attempt by attempt, and what is paid back of it."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pydantic import AwareDatetime

from schemas.base import Command, Event, PartnerId, TenantId
from schemas.billing.payment_accounts import ProviderName
from schemas.billing.payment_types import Charge, Money, Outcome, Reason, Reference, Repayment
from schemas.billing.types import Posting

PAYMENT = "payment-{0.invoice_id}"


class RequestPayment(Command, type_name="billing.payment.request", stream=PAYMENT):
    tenant_id: TenantId
    invoice_id: UUID
    number: str
    amount: Money
    currency: str
    due_at: AwareDatetime


class AttemptPayment(Command, type_name="billing.payment.attempt", stream=PAYMENT):
    """Collect it now, from the payment method the tenant has now."""

    tenant_id: TenantId
    invoice_id: UUID


class RecordPrepared(Command, type_name="billing.payment.record_prepared", stream=PAYMENT):
    """The provider has a name for the attempt now; no money has moved."""

    tenant_id: TenantId
    invoice_id: UUID
    attempt: int
    reference: str


class RecordOutcome(Command, type_name="billing.payment.record_outcome", stream=PAYMENT):
    tenant_id: TenantId
    invoice_id: UUID
    attempt: int
    outcome: Outcome


class CheckPayment(Command, type_name="billing.payment.check", stream=PAYMENT):
    """Its time is up: it is overdue, or the outcome of an attempt should be known by now."""

    tenant_id: TenantId
    invoice_id: UUID


class LookAtPayment(Command, type_name="billing.payment.look", stream=PAYMENT):
    """The provider says that something happened; what, it is asked."""

    tenant_id: TenantId
    invoice_id: UUID


class RecordReceipt(Command, type_name="billing.payment.record_receipt", stream=PAYMENT):
    """The whole amount arrived by other ways than a provider's."""

    tenant_id: TenantId
    invoice_id: UUID
    reference: Reference


class RefundPayment(Command, type_name="billing.payment.refund", stream=PAYMENT):
    """Without an amount: all that was not paid back yet."""

    tenant_id: TenantId
    invoice_id: UUID
    refund_id: UUID
    amount: Money | None = None
    reason: Reason


class RecordRefund(Command, type_name="billing.payment.record_refund", stream=PAYMENT):
    tenant_id: TenantId
    invoice_id: UUID
    refund_id: UUID
    outcome: Outcome


class CheckRefund(Command, type_name="billing.payment.check_refund", stream=PAYMENT):
    tenant_id: TenantId
    invoice_id: UUID
    refund_id: UUID


class ReducePayment(Command, type_name="billing.payment.reduce", stream=PAYMENT):
    """A credit note says that less is to be paid."""

    tenant_id: TenantId
    invoice_id: UUID
    credit_note_id: UUID
    amount: Money


class CancelPayment(Command, type_name="billing.payment.cancel", stream=PAYMENT):
    """Nothing is to be collected any more: the invoice was withdrawn."""

    tenant_id: TenantId
    invoice_id: UUID
    reason: Reason


class WriteOffPayment(Command, type_name="billing.payment.write_off", stream=PAYMENT):
    """Nobody expects this money any more: it becomes bad debt."""

    tenant_id: TenantId
    invoice_id: UUID
    reason: Reason


class PaymentRequested(Event, type_name="billing.payment.requested"):
    """Until `due_at` it waits for the tenant, unless it is collected before."""

    tenant_id: TenantId
    partner_id: PartnerId | None
    invoice_id: UUID
    number: str
    amount: Decimal
    currency: str
    due_at: datetime


class AttemptBegun(Event, type_name="billing.payment.attempt_begun"):
    """It is made known to the provider. Not heard of by `look_at`, this is done again."""

    charge: Charge
    look_at: datetime


class PaymentPrepared(Event, type_name="billing.payment.prepared"):
    """The provider knows it, so that whatever happens it can be asked what became of it. Now it collects."""

    charge: Charge
    look_at: datetime


class PaymentLookedFor(Event, type_name="billing.payment.looked_for"):
    """The provider is asked what became of the attempt. `open`: if it was not begun there, it is now."""

    charge: Charge
    looks: int
    look_at: datetime
    open: bool


class PaymentPending(Event, type_name="billing.payment.pending"):
    """The provider has it under way."""

    tenant_id: TenantId
    invoice_id: UUID
    attempt: int
    look_at: datetime


class PaymentSucceeded(Event, type_name="billing.payment.succeeded"):
    tenant_id: TenantId
    partner_id: PartnerId | None
    invoice_id: UUID
    provider: ProviderName
    reference: str
    amount: Decimal
    currency: str
    postings: tuple[Posting, ...]


class PaymentFailed(Event, type_name="billing.payment.failed"):
    """An attempt failed; dunning takes over. Not `retryable`: not with the same payment method."""

    tenant_id: TenantId
    invoice_id: UUID
    attempt: int
    amount: Decimal
    code: str
    message: str
    retryable: bool


class PaymentOverdue(Event, type_name="billing.payment.overdue"):
    """The invoice is due, and nothing arrived."""

    tenant_id: TenantId
    invoice_id: UUID
    amount: Decimal


class PaymentReduced(Event, type_name="billing.payment.reduced"):
    """`amount` is what is still to be paid."""

    tenant_id: TenantId
    invoice_id: UUID
    credit_note_id: UUID
    by: Decimal
    amount: Decimal


class PaymentCancelled(Event, type_name="billing.payment.cancelled"):
    tenant_id: TenantId
    invoice_id: UUID
    reason: str


class PaymentWrittenOff(Event, type_name="billing.payment.written_off"):
    tenant_id: TenantId
    partner_id: PartnerId | None
    invoice_id: UUID
    amount: Decimal
    reason: str
    postings: tuple[Posting, ...]


class RefundRequested(Event, type_name="billing.payment.refund_requested"):
    repayment: Repayment
    look_at: datetime


class RefundLookedFor(Event, type_name="billing.payment.refund_looked_for"):
    repayment: Repayment
    looks: int
    look_at: datetime


class PaymentRefunded(Event, type_name="billing.payment.refunded"):
    """`left` is what was not paid back."""

    tenant_id: TenantId
    partner_id: PartnerId | None
    invoice_id: UUID
    refund_id: UUID
    provider: ProviderName
    reference: str
    amount: Decimal
    left: Decimal
    reason: str
    postings: tuple[Posting, ...]


class RefundFailed(Event, type_name="billing.payment.refund_failed"):
    tenant_id: TenantId
    invoice_id: UUID
    refund_id: UUID
    amount: Decimal
    code: str
    message: str
