"""Usage times rates: what a call costs us, what the tenant pays, what the partner keeps.

Every amount is the exact product, brought to 12 decimal places once, half-even. Each is derived from
the one before as stored, so an entry can be checked from its own figures.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from functools import wraps
from typing import ParamSpec

from schemas.billing.types import Pricing, Terms, TokenRates
from schemas.execution.chat import Usage

P = ParamSpec("P")

EXACT = Context(prec=150, rounding=ROUND_HALF_EVEN)
"""Holds a 38-digit rate times any token count times any percentage without rounding."""

PLACES = Decimal("1E-12")
MILLION = 1_000_000

INPUT_CLASSES = ("input", "cache_read", "cache_write")
OUTPUT_CLASSES = ("output", "reasoning")


def amount(calculate: Callable[P, Decimal]) -> Callable[P, Decimal]:
    @wraps(calculate)
    def rounded(*args: P.args, **kwargs: P.kwargs) -> Decimal:
        with localcontext(EXACT):
            return calculate(*args, **kwargs).quantize(PLACES)

    return rounded


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
    classes = INPUT_CLASSES + OUTPUT_CLASSES
    return sum((getattr(usage, c) * getattr(rates, c) for c in classes), Decimal(0)) / MILLION


@amount
def price(cost: Decimal, terms: Terms) -> Decimal:
    return cost * (100 + terms.markup_percent) / 100


@amount
def commission(price: Decimal, terms: Terms) -> Decimal:
    return price * terms.commission_percent / 100


def charge(usage: Usage, pricing: Pricing) -> Charge:
    costs = cost(usage, pricing.system_rate.rates)
    pays = price(costs, pricing.terms)
    return Charge(costs, pays, commission(pays, pricing.terms))


def hold(max_input_tokens: int, max_output_tokens: int, pricing: Pricing) -> Decimal:
    """No usage within the maxima has a higher price."""
    dearest = max_usage(max_input_tokens, max_output_tokens, pricing.system_rate.rates)
    return charge(dearest, pricing).price


def max_usage(max_input_tokens: int, max_output_tokens: int, rates: TokenRates) -> Usage:
    """All tokens in the class that costs most."""
    dearest_input = max(INPUT_CLASSES, key=lambda c: getattr(rates, c))
    dearest_output = max(OUTPUT_CLASSES, key=lambda c: getattr(rates, c))
    return Usage.model_validate({dearest_input: max_input_tokens, dearest_output: max_output_tokens})
