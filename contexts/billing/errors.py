from contexts.kernel import Rejection

NO_RATE = "billing.no_rate"
BUDGET_EXCEEDED = "billing.budget_exceeded"
CREDIT_EXCEEDED = "billing.credit_exceeded"
PERIOD_CLOSED = "billing.period_closed"
"""Codes of CallRefused: others react to it, so it is an event and no Rejection."""


class RateInThePast(Rejection):
    code = "billing.rate_in_the_past"
    kind = "conflict"


class NoSuchRate(Rejection):
    code = "billing.no_such_rate"
    kind = "not_found"


class CallNotOpen(Rejection):
    code = "billing.call_not_open"
    kind = "conflict"


class NoPartner(Rejection):
    """Whoever sent this does not know whose partner's tenant it is: the commission would have no owner."""

    code = "billing.no_partner"
    kind = "invalid"


class EntryNotFound(Rejection):
    code = "billing.entry_not_found"
    kind = "not_found"


class NotReversible(Rejection):
    code = "billing.not_reversible"
    kind = "conflict"


class PeriodIsClosed(Rejection):
    code = PERIOD_CLOSED
    kind = "conflict"


class PeriodNotOver(Rejection):
    code = "billing.period_not_over"
    kind = "conflict"


class PeriodNotBegun(Rejection):
    code = "billing.period_not_begun"
    kind = "invalid"


class HoldsOpen(Rejection):
    code = "billing.holds_open"
    kind = "conflict"


class ProviderMissing(Rejection):
    """An adjusted cost is owed to somebody."""

    code = "billing.provider_missing"
    kind = "invalid"


class NothingToPost(Rejection):
    code = "billing.nothing_to_post"
    kind = "invalid"


class CreditMissing(Rejection):
    code = CREDIT_EXCEEDED
    kind = "payment_required"


class ExpiresInThePast(Rejection):
    code = "billing.expires_in_the_past"
    kind = "invalid"


class TooManyTopUps(Rejection):
    code = "billing.too_many_top_ups"
    kind = "conflict"
