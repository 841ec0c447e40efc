"""Where a tenant's month stands, by scope of terms: tiers and packages go by it.

A reversal does not take it back: what was once used has filled its tier.
"""

from collections.abc import Mapping
from decimal import Decimal

from schemas.billing.types import Absolute, MonthToDate, Percent, Pricing
from schemas.execution.chat import Usage

UsageSoFar = Mapping[str, MonthToDate]
NOTHING = MonthToDate()


def counted(so_far: UsageSoFar, pricing: Pricing, usage: Usage, price: Decimal) -> UsageSoFar:
    scope = pricing.terms.scope
    known = so_far.get(scope, NOTHING)
    now = MonthToDate(tokens=known.tokens + usage.total, price=known.price + price)
    return {**so_far, scope: now}


def standing(pricing: Pricing, so_far: UsageSoFar) -> Pricing:
    """The pricing of a call that is authorised, or settled, now. Flat prices do not ask for the month."""
    if isinstance(pricing.terms.price, Percent | Absolute):
        return pricing
    return pricing.model_copy(update={"so_far": so_far.get(pricing.terms.scope, NOTHING)})
