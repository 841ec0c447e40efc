"""Usage times rates: what a call costs us, what the tenant pays, what the partner keeps.

Every amount is the exact product, brought to 12 decimal places once, half-even. Each is derived from
the one before as stored, so an entry can be checked from its own figures.
"""

from dataclasses import dataclass
from decimal import Decimal

from contexts.billing import prices
from contexts.billing.exact import amount, dearest, times
from schemas.billing.types import Pricing, Terms, TokenRates
from schemas.execution.chat import Usage


@dataclass(frozen=True, slots=True)
class Charge:
    cost: Decimal
    price: Decimal
    commission: Decimal

    @property
    @amount
    def revenue(self) -> Decimal:
        """What is left of the price for the platform: never negative, but it may be less than the cost."""
        return self.price - self.commission


@amount
def cost(usage: Usage, rates: TokenRates) -> Decimal:
    return times(usage, rates)


@amount
def price(usage: Usage, cost: Decimal, pricing: Pricing) -> Decimal:
    return prices.price(pricing.terms.price, usage, cost, pricing.system_rate.rates, pricing.so_far)


@amount
def commission(price: Decimal, cost: Decimal, terms: Terms) -> Decimal:
    share = terms.commission
    earned = (price if share.of == "price" else price - cost) * share.percent / 100
    return earned if share.may_be_negative else max(earned, Decimal(0))


def charge(usage: Usage, pricing: Pricing) -> Charge:
    costs = cost(usage, pricing.system_rate.rates)
    pays = price(usage, costs, pricing)
    return Charge(costs, pays, commission(pays, costs, pricing.terms))


@amount
def hold(
    max_input_tokens: int,
    max_output_tokens: int,
    pricing: Pricing,
    max_images: int = 0,
    max_audio_ms: int = 0,
) -> Decimal:
    """No usage within the maxima has a higher price, wherever in the month it is settled."""
    most = Usage(input=max_input_tokens, output=max_output_tokens, images=max_images, audio_ms=max_audio_ms)
    rates = pricing.system_rate.rates
    return prices.ceiling(pricing.terms.price, most, cost(most, dearest(rates)), rates)


@amount
def minimum_due(terms: Terms, month_total: Decimal) -> Decimal:
    """What a month's entries lack of the least a tenant pays."""
    return max(terms.minimum - month_total, Decimal(0))
