"""What Stripe's answers mean to us."""

from typing import Any

import stripe

from schemas.billing.payment_types import Outcome

PENDING = ("processing", "requires_capture")
NOT_BEGUN = "requires_confirmation"
FINAL = frozenset(
    {
        "authentication_required",
        "card_not_supported",
        "do_not_try_again",
        "expired_card",
        "fraudulent",
        "incorrect_number",
        "invalid_account",
        "lost_card",
        "payment_intent_authentication_failure",
        "pickup_card",
        "restricted_card",
        "revocation_of_all_authorizations",
        "revocation_of_authorization",
        "stolen_card",
        "stop_payment_order",
    }
)
"""Asking again with the same payment method gets the same answer, and annoys the networks."""


def outcome_of(intent: Any) -> Outcome | None:
    """None: it was never confirmed."""
    if intent.status == NOT_BEGUN:
        return None
    if intent.status == "succeeded":
        return Outcome(status="succeeded", reference=intent.id)
    if intent.status in PENDING:
        return Outcome(status="pending", reference=intent.id)
    if intent.status == "requires_action":
        message = "The payer has to confirm this payment, and is not here."
        return failure(intent.id, "authentication_required", message)
    error = field(intent, "last_payment_error")
    code = field(error, "decline_code") or field(error, "code") or intent.status
    return failure(intent.id, str(code), str(field(error, "message") or ""))


def refused(error: stripe.StripeError, reference: str | None) -> Outcome:
    """`error`: a clear no."""
    body = error.error
    code = field(body, "decline_code") or error.code or "invalid_request"
    final = field(body, "advice_code") == "do_not_try_again"
    return failure(reference, str(code), error.user_message or "", final)


def failure(reference: str | None, code: str, message: str, final: bool = False) -> Outcome:
    return Outcome(
        status="failed",
        reference=reference,
        code=f"stripe.{code}",
        message=message,
        retryable=not final and code not in FINAL,
    )


def refund_outcome(refund: Any) -> Outcome:
    match refund.status:
        case "succeeded":
            return Outcome(status="succeeded", reference=refund.id)
        case "failed" | "canceled":
            return failure(refund.id, str(field(refund, "failure_reason") or refund.status), "")
    return Outcome(status="pending", reference=refund.id)


def field(value: Any, name: str) -> Any:
    """Of an object that may lack it, or be absent itself."""
    return getattr(value, name, None)
