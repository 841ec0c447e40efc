"""The one rounding: exact amounts to cents, half-even."""

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Context, Decimal

CENT = Decimal("0.01")
EXACT = Context(prec=150, rounding=ROUND_HALF_EVEN)


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, context=EXACT)


def percent_of(amount: Decimal, percent: Decimal) -> Decimal:
    return cents(EXACT.divide(EXACT.multiply(amount, percent), Decimal(100)))


def exact_sum(amounts: Iterable[Decimal]) -> Decimal:
    total = Decimal(0)
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total
