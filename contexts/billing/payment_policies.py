"""An invoice is collected; what cannot be collected is dunned, until it is."""

from schemas.billing.dunning import BeginDunning, DunningRetried, DunningStepTaken, RetryUnpaid, SettleDunning
from schemas.billing.invoices import CreditNoteIssued, InvoiceIssued
from schemas.billing.payment_accounts import PaymentAccountSet
from schemas.billing.payments import (
    AttemptPayment,
    PaymentCancelled,
    PaymentFailed,
    PaymentOverdue,
    PaymentSucceeded,
    PaymentWrittenOff,
    ReducePayment,
    RequestPayment,
)
from schemas.envelope import Recorded


def when_invoice_issued(event: InvoiceIssued, recorded: Recorded) -> list[RequestPayment]:
    """What was prepaid is not collected again."""
    if event.due <= 0:
        return []
    return [
        RequestPayment(
            tenant_id=event.tenant_id,
            invoice_id=event.invoice_id,
            number=event.number,
            amount=event.due,
            currency=event.currency,
            due_at=event.due_at,
        )
    ]


def when_credit_note_issued(event: CreditNoteIssued, recorded: Recorded) -> list[ReducePayment]:
    return [
        ReducePayment(
            tenant_id=event.tenant_id,
            invoice_id=event.invoice_id,
            credit_note_id=event.credit_note_id,
            amount=event.total,
        )
    ]


def when_payment_failed(event: PaymentFailed, recorded: Recorded) -> list[BeginDunning]:
    return [BeginDunning(tenant_id=event.tenant_id, invoice_id=event.invoice_id, amount=event.amount)]


def when_payment_overdue(event: PaymentOverdue, recorded: Recorded) -> list[BeginDunning]:
    return [BeginDunning(**dict(event))]


def when_dunning_step_taken(event: DunningStepTaken, recorded: Recorded) -> list[AttemptPayment]:
    if event.action != "retry":
        return []
    return [AttemptPayment(tenant_id=event.tenant_id, invoice_id=event.invoice_id)]


def when_dunning_retried(event: DunningRetried, recorded: Recorded) -> list[AttemptPayment]:
    return [AttemptPayment(tenant_id=event.tenant_id, invoice_id=event.invoice_id)]


def when_payment_account_set(event: PaymentAccountSet, recorded: Recorded) -> list[RetryUnpaid]:
    return [RetryUnpaid(tenant_id=event.tenant_id)] if event.method else []


def when_payment_succeeded(event: PaymentSucceeded, recorded: Recorded) -> list[SettleDunning]:
    return [SettleDunning(tenant_id=event.tenant_id, invoice_id=event.invoice_id, how="paid")]


def when_payment_cancelled(event: PaymentCancelled, recorded: Recorded) -> list[SettleDunning]:
    return [SettleDunning(tenant_id=event.tenant_id, invoice_id=event.invoice_id, how="cancelled")]


def when_payment_written_off(event: PaymentWrittenOff, recorded: Recorded) -> list[SettleDunning]:
    return [SettleDunning(tenant_id=event.tenant_id, invoice_id=event.invoice_id, how="written_off")]
