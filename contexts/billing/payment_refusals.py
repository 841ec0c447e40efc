"""Why something about a payment, or about dunning, is refused."""

from contexts.kernel import Rejection


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
