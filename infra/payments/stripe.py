"""Payments through Stripe's PaymentIntents. Its object is the truth; we never retry by ourselves."""

import asyncio
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

import stripe

from infra.payments.stripe_outcomes import field, outcome_of, refund_outcome, refused
from schemas.base import TenantId
from schemas.billing.payment_errors import PaymentMethodError, ProviderUnavailable
from schemas.billing.payment_types import Charge, Outcome, Repayment

T = TypeVar("T")

TIMEOUT_SECONDS = 20.0
MOST_REFUNDS = 100
OFF_SESSION = {"off_session": True}
"""The payer is not there to be asked."""


class StripePayments:
    def __init__(
        self, key: str, base_url: str | None = None, confirm_with: Mapping[str, Any] = OFF_SESSION
    ) -> None:
        self._confirm_with = dict(confirm_with)
        self._client = stripe.StripeClient(
            key,
            base_addresses={"api": base_url} if base_url else {},
            http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
            max_network_retries=0,
        ).v1

    async def attach(self, tenant_id: TenantId, customer: str | None, method: str) -> str:
        return await asked(lambda: self._attach(tenant_id, customer, method))

    async def prepare(self, charge: Charge) -> str | Outcome:
        return await asked(lambda: self._prepare(charge))

    async def read(self, reference: str) -> Outcome | None:
        return await asked(lambda: outcome_of(self._client.payment_intents.retrieve(reference)))

    async def confirm(self, reference: str) -> Outcome:
        return await asked(lambda: self._confirm(reference))

    async def refund(self, repayment: Repayment) -> Outcome:
        return await asked(lambda: self._refund(repayment))

    def _attach(self, tenant_id: TenantId, customer: str | None, method: str) -> str:
        try:
            known = customer or self._customer(tenant_id)
            self._client.payment_methods.attach(method, {"customer": known})
        except (stripe.CardError, stripe.InvalidRequestError) as error:
            told = refused(error, method)
            raise PaymentMethodError(told.code, told.message) from error
        return known

    def _customer(self, tenant_id: TenantId) -> str:
        about: Any = {"metadata": {"tenant_id": str(tenant_id)}}
        return self._client.customers.create(about, once(f"customer-{tenant_id}")).id

    def _prepare(self, charge: Charge) -> str | Outcome:
        params: Any = {
            "amount": cents(charge.amount),
            "currency": charge.currency.lower(),
            "customer": charge.customer,
            "payment_method": charge.method,
            "payment_method_types": ["card"],
            "metadata": metadata(charge) | {"number": charge.number, "attempt": str(charge.attempt)},
        }
        try:
            return self._client.payment_intents.create(params, once(charge.key)).id
        except (stripe.CardError, stripe.InvalidRequestError) as error:
            return refused(error, None)

    def _confirm(self, reference: str) -> Outcome:
        """A decline is an answer. So is that it was confirmed before: then we ask what came of it."""
        try:
            options: Any = self._confirm_with
            intent = self._client.payment_intents.confirm(reference, options, once(f"confirm-{reference}"))
        except stripe.CardError as error:
            return refused(error, reference)
        except stripe.InvalidRequestError as error:
            known = outcome_of(self._client.payment_intents.retrieve(reference))
            return known or refused(error, reference)
        return outcome_of(intent) or Outcome(status="pending", reference=reference)

    def _refund(self, repayment: Repayment) -> Outcome:
        found: Any = {"payment_intent": repayment.payment, "limit": MOST_REFUNDS}
        for known in self._client.refunds.list(found).data:
            if field(known.metadata, "refund_id") == str(repayment.refund_id):
                return refund_outcome(known)
        params: Any = {
            "payment_intent": repayment.payment,
            "amount": cents(repayment.amount),
            "metadata": metadata(repayment) | {"refund_id": str(repayment.refund_id)},
        }
        try:
            return refund_outcome(self._client.refunds.create(params, once(repayment.key)))
        except (stripe.CardError, stripe.InvalidRequestError) as error:
            return refused(error, None)


async def asked(question: Callable[[], T]) -> T:
    """In a thread: the client blocks. What is no clear answer is none."""
    try:
        return await asyncio.to_thread(question)
    except stripe.StripeError as error:
        raise ProviderUnavailable(f"stripe: {type(error).__name__}: {error.user_message or error}") from error


def once(key: str) -> Any:
    return {"idempotency_key": key}


def cents(amount: Decimal) -> int:
    return int(amount * 100)


def metadata(about: Charge | Repayment) -> dict[str, str]:
    """By which a webhook finds its way back."""
    return {"tenant_id": str(about.tenant_id), "invoice_id": str(about.invoice_id)}
