"""Usage times rates without rounding, and the one place where an amount is rounded."""

from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from functools import wraps
from typing import ParamSpec

from schemas.billing.types import TokenRates
from schemas.execution.chat import Usage

P = ParamSpec("P")

EXACT = Context(prec=150, rounding=ROUND_HALF_EVEN)
"""Holds a 38-digit rate times any token count times any percentage without rounding."""

PLACES = Decimal("1E-12")
MILLION = 1_000_000
MINUTE_MS = 60_000

INPUT_CLASSES = ("input", "cache_read", "cache_write")
OUTPUT_CLASSES = ("output", "reasoning")


def amount(calculate: Callable[P, Decimal]) -> Callable[P, Decimal]:
    @wraps(calculate)
    def rounded(*args: P.args, **kwargs: P.kwargs) -> Decimal:
        with localcontext(EXACT):
            return calculate(*args, **kwargs).quantize(PLACES)

    return rounded


def times(usage: Usage, rates: TokenRates) -> Decimal:
    """One request with this usage at these rates."""
    classes = INPUT_CLASSES + OUTPUT_CLASSES
    tokens = sum((getattr(usage, c) * getattr(rates, c) for c in classes), Decimal(0)) / MILLION
    audio = usage.audio_ms * rates.audio_minute / MINUTE_MS
    return tokens + usage.images * rates.image + audio + rates.request


def dearest(rates: TokenRates) -> TokenRates:
    """Rates at which no usage is cheaper: every class costs what the dearest of its side does."""
    of_input = max(getattr(rates, c) for c in INPUT_CLASSES)
    of_output = max(getattr(rates, c) for c in OUTPUT_CLASSES)
    raised = dict.fromkeys(INPUT_CLASSES, of_input) | dict.fromkeys(OUTPUT_CLASSES, of_output)
    return rates.model_copy(update=raised)
