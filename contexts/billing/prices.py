"""What a tenant pays for a call, by each kind of rule, unrounded; and the most it can come to.

Tiers and packages are about the whole month: where a call stands in it comes as `so_far`.
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import TypeGuard

from contexts.billing.exact import dearest, times
from schemas.billing.types import (
    Absolute,
    Flat,
    MonthToDate,
    Package,
    Percent,
    PriceRule,
    Tier,
    Tiered,
    TokenRates,
)
from schemas.execution.chat import Usage


def price(rule: PriceRule, usage: Usage, cost: Decimal, system: TokenRates, so_far: MonthToDate) -> Decimal:
    """`cost`: what the call costs us at the `system` rates."""
    match rule:
        case Package():
            return (begun(rule, so_far.tokens + usage.total) - begun(rule, so_far.tokens)) * rule.price
        case Tiered(kind="graduated"):
            return graduated(rule, usage, cost, system, so_far)
        case Tiered():
            return flat(reached(rule, so_far).price, usage, cost, system)
        case _:
            return flat(rule, usage, cost, system)


def ceiling(rule: PriceRule, most: Usage, cost: Decimal, system: TokenRates) -> Decimal:
    """No usage within `most`, wherever in a month, has a higher price. `cost` is the most it can cost us."""
    match rule:
        case Package():
            return begun(rule, most.total) * rule.price
        case Tiered():
            return max(flat_ceiling(tier.price, most, cost, system) for tier in rule.tiers)
        case _:
            return flat_ceiling(rule, most, cost, system)


def flat(rule: Flat, usage: Usage, cost: Decimal, system: TokenRates) -> Decimal:
    if markup_only(rule):
        return marked_up(cost, rule)
    return times(usage, sale_rates(rule, system))


def flat_ceiling(rule: Flat, most: Usage, cost: Decimal, system: TokenRates) -> Decimal:
    if markup_only(rule):
        return marked_up(cost, rule)
    return times(most, dearest(sale_rates(rule, system)))


def markup_only(rule: Flat) -> TypeGuard[Percent]:
    """Then the price follows from the cost as it stands in the entry, its rounding with it."""
    return isinstance(rule, Percent) and rule.floor is None and rule.cap is None


def marked_up(amount: Decimal, rule: Percent) -> Decimal:
    return amount * (100 + rule.markup_percent) / 100


def sale_rates(rule: Flat, system: TokenRates) -> TokenRates:
    """What each class is sold at, unrounded."""
    if isinstance(rule, Absolute):
        return rule.rates
    return system.model_copy(update={name: bounded(rule, name, rate) for name, rate in system})


def bounded(rule: Percent, name: str, rate: Decimal) -> Decimal:
    asked = marked_up(rate, rule)
    asked = max(asked, getattr(rule.floor, name)) if rule.floor else asked
    return min(asked, getattr(rule.cap, name)) if rule.cap else asked


def begun(package: Package, tokens: int) -> int:
    """How many packages so many tokens need."""
    return -(-tokens // package.tokens)


def reached(rule: Tiered, so_far: MonthToDate) -> Tier:
    level = so_far.tokens if rule.of == "tokens" else so_far.price
    return next(tier for tier in reversed(rule.tiers) if tier.above <= level)


def graduated(rule: Tiered, usage: Usage, cost: Decimal, system: TokenRates, so_far: MonthToDate) -> Decimal:
    """Fills the tiers one after the other; what is left of the call goes on to the next."""
    left, total = Fraction(1), Fraction(0)
    level = Fraction(so_far.tokens if rule.of == "tokens" else so_far.price)
    for tier, end in ranges(rule):
        whole = Fraction(flat(tier.price, usage, cost, system))
        size = Fraction(usage.total) if rule.of == "tokens" else whole
        share = left if end is None else min(left, room(size, level, end))
        total, left, level = total + share * whole, left - share, level + share * size
    return Decimal(total.numerator) / Decimal(total.denominator)


def ranges(rule: Tiered) -> Iterator[tuple[Tier, Fraction | None]]:
    """Each tier with where it ends; the last has no end."""
    ends = [Fraction(tier.above) for tier in rule.tiers[1:]]
    yield from zip(rule.tiers, [*ends, None], strict=True)


def room(size: Fraction, level: Fraction, end: Fraction) -> Fraction:
    """How much of a call of this size fits below the end; all of one that has none, if anything does."""
    free = max(end - level, Fraction(0))
    if size == 0:
        return Fraction(1) if free else Fraction(0)
    return free / size
