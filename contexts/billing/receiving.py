"""Decisions of people about a payment: money that came by other ways, and money nobody expects any more."""

from contexts.billing.collecting import collectable, owners, paid
from contexts.billing.payment import Payment
from contexts.billing.payment_postings import given_up
from contexts.kernel import Context
from schemas.billing import payments as p


def record_receipt(state: Payment | None, command: p.RecordReceipt, ctx: Context) -> list[p.PaymentSucceeded]:
    if state and state.reference == command.reference:
        return []
    if state and state.status == "written_off":
        return [paid(state, "manual", command.reference)]
    return [paid(collectable(state, command.invoice_id), "manual", command.reference)]


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
