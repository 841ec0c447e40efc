from contexts.kernel import Rejection

NO_RATE = "billing.no_rate"
BUDGET_EXCEEDED = "billing.budget_exceeded"
"""Codes of CallRefused: others react to it, so it is an event and no Rejection."""


class RateInThePast(Rejection):
    code = "billing.rate_in_the_past"
    kind = "conflict"


class CallNotOpen(Rejection):
    code = "billing.call_not_open"
    kind = "conflict"


class NoPartner(Rejection):
    """Whoever sent this does not know whose partner's tenant it is: the commission would have no owner."""

    code = "billing.no_partner"
    kind = "invalid"


class MethodMissing(Rejection):
    code = "payment.method_missing"
    kind = "invalid"


class NoPaymentMethod(Rejection):
    code = "payment.no_method"
    kind = "conflict"


class MethodRefused(Rejection):
    code = "payment.method_refused"
    kind = "conflict"


class PaymentNotFound(Rejection):
    code = "payment.not_found"
    kind = "not_found"


class PaymentEnded(Rejection):
    code = "payment.ended"
    kind = "conflict"


class PaymentUnderWay(Rejection):
    code = "payment.under_way"
    kind = "conflict"


class NotPaid(Rejection):
    code = "payment.not_paid"
    kind = "conflict"


class RefundTooLarge(Rejection):
    code = "payment.refund_too_large"
    kind = "conflict"


class ExemptionInThePast(Rejection):
    code = "dunning.exemption_in_the_past"
    kind = "invalid"


class NotExempt(Rejection):
    code = "dunning.not_exempt"
    kind = "conflict"
