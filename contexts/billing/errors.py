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
