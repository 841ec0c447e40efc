"""Decisions of people about a payment: money that came by other ways, and money nobody expects any more."""

from decimal import Decimal

from contexts.billing.collecting import collectable, credited, found, of, owners, paid
from contexts.billing.payment import ENDED, Payment
from contexts.billing.payment_postings import given_up
from contexts.kernel import Context
from schemas.base import Event
from schemas.billing import payments as p


def record_receipt(state: Payment | None, command: p.RecordReceipt, ctx: Context) -> list[p.PaymentSucceeded]:
    if state and state.reference == command.reference:
        return []
    if state and state.status == "written_off":
        return [paid(state, "manual", command.reference, state.amount)]
    payment = collectable(state, command.invoice_id)
    return [paid(payment, "manual", command.reference, payment.amount)]


def reduce(state: Payment | None, command: p.ReducePayment, ctx: Context) -> list[Event]:
    """What is being collected just now is collected as it is; what was paid is paid back by people."""
    payment = found(state, command.invoice_id)
    if command.credit_note_id in payment.credited or payment.status in ENDED:
        return []
    left = max(payment.amount - command.amount, Decimal(0))
    reduced = p.PaymentReduced(
        **of(payment), credit_note_id=command.credit_note_id, by=command.amount, amount=left
    )
    return [reduced] if left or payment.status == "attempting" else [reduced, credited(payment)]


def cancel(state: Payment | None, command: p.CancelPayment, ctx: Context) -> list[p.PaymentCancelled]:
    if state and state.status == "cancelled":
        return []
    collectable(state, command.invoice_id)
    return [p.PaymentCancelled(**dict(command))]


def write_off(state: Payment | None, command: p.WriteOffPayment, ctx: Context) -> list[p.PaymentWrittenOff]:
    if state and state.status == "written_off":
        return []
    payment = collectable(state, command.invoice_id)
    return [
        p.PaymentWrittenOff(
            **owners(payment),
            amount=payment.amount,
            reason=command.reason,
            postings=given_up(payment),
        )
    ]
