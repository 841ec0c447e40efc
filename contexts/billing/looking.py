"""The provider says that something happened: whatever is open is asked about, whatever order news come in."""

from contexts.billing.payment import Payment
from contexts.billing.payment_looks import next_look
from contexts.kernel import Context
from schemas.base import Event
from schemas.billing import payments as p


def look(state: Payment | None, command: p.LookAtPayment, ctx: Context) -> list[Event]:
    """What was never attempted has nothing to tell; a failed attempt may have succeeded yet."""
    if state is None:
        return []
    return [*payment(state, ctx), *refunds(state, ctx)]


def payment(state: Payment, ctx: Context) -> list[p.PaymentLookedFor]:
    if state.charge is None or state.paid:
        return []
    under_way, look_at = state.status == "attempting", state.due_at or ctx.now
    return [p.PaymentLookedFor(charge=state.charge, looks=state.looks, look_at=look_at, open=under_way)]


def refunds(state: Payment, ctx: Context) -> list[p.RefundLookedFor]:
    return [
        p.RefundLookedFor(
            repayment=refund.repayment, looks=refund.looks, look_at=next_look(ctx.now, refund.looks)
        )
        for refund in state.refunds.values()
        if refund.status == "requested"
    ]
