"""Decisions of paying back: never more than came, and each refund once."""

from contexts.billing import payment_refusals as errors
from contexts.billing.collecting import found, of, owners
from contexts.billing.payment import Payment, Refund
from contexts.billing.payment_looks import next_look
from contexts.billing.payment_postings import paid_back
from contexts.kernel import Context
from schemas.base import Event
from schemas.billing import payments as p
from schemas.billing.payment_types import Outcome, Repayment


def refund(state: Payment | None, command: p.RefundPayment, ctx: Context) -> list[p.RefundRequested]:
    payment = found(state, command.invoice_id)
    if command.refund_id in payment.refunds:
        return []
    amount = payment.refundable if command.amount is None else command.amount
    if not payment.paid:
        raise errors.NotPaid(f"invoice {payment.number} was not paid, so nothing can be paid back")
    if amount > payment.refundable or not amount:
        raise errors.RefundTooLarge(f"{payment.refundable} of invoice {payment.number} can be paid back")
    repayment = Repayment(
        **of(payment),
        refund_id=command.refund_id,
        provider=payment.provider,
        payment=payment.reference,
        amount=amount,
        currency=payment.currency,
        reason=command.reason,
    )
    return [p.RefundRequested(repayment=repayment, look_at=next_look(ctx.now, 0))]


def record_refund(state: Payment | None, command: p.RecordRefund, ctx: Context) -> list[Event]:
    payment = found(state, command.invoice_id)
    known = payment.refunds.get(command.refund_id)
    if known is None or known.status != "requested" or command.outcome.status == "pending":
        return []
    if command.outcome.status == "failed":
        return [failed(known, command.outcome)]
    return [refunded(payment, known, command.outcome)]


def check_refund(state: Payment | None, command: p.CheckRefund, ctx: Context) -> list[p.RefundLookedFor]:
    """Asked for as long as it takes: whether money left is never guessed."""
    known = state.refunds.get(command.refund_id) if state else None
    if known is None or known.status != "requested" or ctx.now < known.look_at:
        return []
    looks = known.looks + 1
    return [p.RefundLookedFor(repayment=known.repayment, looks=looks, look_at=next_look(ctx.now, looks))]


def refunded(payment: Payment, known: Refund, outcome: Outcome) -> p.PaymentRefunded:
    repayment = known.repayment
    done = sum(r.repayment.amount for r in payment.refunds.values() if r.status == "done")
    return p.PaymentRefunded(
        **owners(payment),
        refund_id=repayment.refund_id,
        provider=repayment.provider,
        reference=outcome.reference or "",
        amount=repayment.amount,
        left=payment.paid - done - repayment.amount,
        reason=repayment.reason,
        postings=paid_back(payment, repayment.amount),
    )


def failed(known: Refund, outcome: Outcome) -> p.RefundFailed:
    repayment = known.repayment
    return p.RefundFailed(
        tenant_id=repayment.tenant_id,
        invoice_id=repayment.invoice_id,
        refund_id=repayment.refund_id,
        amount=repayment.amount,
        code=outcome.code,
        message=outcome.message,
    )
