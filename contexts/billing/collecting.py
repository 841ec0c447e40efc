"""Decisions of collecting: from the request to the provider's last word."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from contexts.billing import payment_refusals as errors
from contexts.billing.payment import ENDED, Payment
from contexts.billing.payment import requested as requested_payment
from contexts.billing.payment_facts import PaymentMethod
from contexts.billing.payment_looks import MOST_LOOKS, OUTCOME_UNKNOWN, next_look
from contexts.billing.payment_postings import received
from contexts.kernel import Context
from schemas.base import Event
from schemas.billing import payments as p
from schemas.billing.payment_accounts import ProviderName
from schemas.billing.payment_types import Charge, Outcome


def request(state: Payment | None, command: p.RequestPayment, ctx: Context) -> list[Event]:
    """Collected at once where the tenant has a payment method; otherwise it waits for the money."""
    if state is not None:
        return []
    method: PaymentMethod | None = ctx.facts
    requested = p.PaymentRequested(**dict(command), partner_id=ctx.partner_id)
    if method is None:
        return [requested]
    return [requested, begun(requested_payment(requested), method, ctx)]


def attempt(state: Payment | None, command: p.AttemptPayment, ctx: Context) -> list[p.AttemptBegun]:
    payment = collectable(state, command.invoice_id)
    method: PaymentMethod | None = ctx.facts
    if method is None:
        raise errors.NoPaymentMethod("the tenant has no payment method that could be charged")
    if method.method == payment.refused:
        raise errors.MethodRefused("the provider asked not to try this payment method again")
    return [begun(payment, method, ctx)]


def begun(payment: Payment, method: PaymentMethod, ctx: Context) -> p.AttemptBegun:
    charge = Charge(
        tenant_id=payment.tenant_id,
        invoice_id=payment.invoice_id,
        number=payment.number,
        attempt=payment.attempts + 1,
        provider=method.provider,
        customer=method.customer,
        method=method.method,
        amount=payment.amount,
        currency=payment.currency,
        earlier=payment.charge.reference if payment.charge else None,
    )
    return p.AttemptBegun(charge=charge, look_at=next_look(ctx.now, 0))


def check(state: Payment | None, command: p.CheckPayment, ctx: Context) -> list[Event]:
    if state is None or state.due_at is None or ctx.now < state.due_at:
        return []
    if state.charge is None or state.status != "attempting":
        return [p.PaymentOverdue(**of(state), amount=state.amount)]
    if state.looks >= MOST_LOOKS:
        message = "the provider never told what became of it"
        return [
            failed(state, Outcome(status="failed", reference=None, code=OUTCOME_UNKNOWN, message=message))
        ]
    looks = state.looks + 1
    look_at = next_look(ctx.now, looks)
    return [p.PaymentLookedFor(charge=state.charge, looks=looks, look_at=look_at, open=True)]


def record_prepared(
    state: Payment | None, command: p.RecordPrepared, ctx: Context
) -> list[p.PaymentPrepared]:
    """Of two names for one attempt the first counts: nothing is ever collected under the other."""
    payment = found(state, command.invoice_id)
    charge = payment.charge if payment.status == "attempting" else None
    if charge is None or charge.attempt != command.attempt or charge.reference is not None:
        return []
    prepared = charge.model_copy(update={"reference": command.reference})
    return [p.PaymentPrepared(charge=prepared, look_at=next_look(ctx.now, 0))]


def record_outcome(state: Payment | None, command: p.RecordOutcome, ctx: Context) -> list[Event]:
    """Money that arrived is money that arrived, whatever was decided meanwhile; the rest must be news."""
    payment, outcome = found(state, command.invoice_id), command.outcome
    if outcome.status == "succeeded":
        return succeeded(payment, outcome)
    if payment.status != "attempting" or command.attempt != payment.attempts:
        return []
    if outcome.status == "failed":
        return [failed(payment, outcome)] if payment.amount else [credited(payment)]
    if payment.pending:
        return []
    look_at = next_look(ctx.now, payment.looks)
    return [p.PaymentPending(**of(payment), attempt=command.attempt, look_at=look_at)]


def succeeded(payment: Payment, outcome: Outcome) -> list[Event]:
    if payment.paid:
        return []
    charge = payment.charge
    provider, amount = (charge.provider, charge.amount) if charge else ("manual", payment.amount)
    return [paid(payment, provider, outcome.reference or "", amount)]


def paid(payment: Payment, provider: ProviderName, reference: str, amount: Decimal) -> p.PaymentSucceeded:
    return p.PaymentSucceeded(
        **owners(payment),
        provider=provider,
        reference=reference,
        amount=amount,
        currency=payment.currency,
        postings=received(payment, provider, amount),
    )


def credited(payment: Payment) -> p.PaymentCancelled:
    return p.PaymentCancelled(**of(payment), reason="All of it was credited.")


def failed(payment: Payment, outcome: Outcome) -> p.PaymentFailed:
    return p.PaymentFailed(
        **of(payment),
        attempt=payment.attempts,
        amount=payment.amount,
        code=outcome.code,
        message=outcome.message,
        retryable=outcome.retryable,
    )


def of(payment: Payment) -> dict[str, Any]:
    return {"tenant_id": payment.tenant_id, "invoice_id": payment.invoice_id}


def owners(payment: Payment) -> dict[str, Any]:
    return {**of(payment), "partner_id": payment.partner_id}


def found(state: Payment | None, invoice_id: UUID) -> Payment:
    if state is None:
        raise errors.PaymentNotFound(f"no payment was requested for invoice {invoice_id}")
    return state


def collectable(state: Payment | None, invoice_id: UUID) -> Payment:
    payment = found(state, invoice_id)
    if payment.status in ENDED:
        raise errors.PaymentEnded(f"the payment of invoice {payment.number} is {payment.status}")
    if payment.status == "attempting":
        raise errors.PaymentUnderWay(f"invoice {payment.number} is being collected: wait for the outcome")
    return payment
