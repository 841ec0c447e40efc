"""What a tenant pays for a call, by each kind of rule, unrounded; and the most it can come to.

Tiers and packages are about the whole month: where a call stands in it comes as `so_far`.
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from contexts.billing.exact import dearest, times
from schemas.billing.types import Absolute, Flat, MonthToDate, Package, Percent, PriceRule, Tier, Tiered
from schemas.execution.chat import Usage


def price(rule: PriceRule, usage: Usage, cost: Decimal, so_far: MonthToDate) -> Decimal:
    match rule:
        case Package():
            return (begun(rule, so_far.tokens + usage.total) - begun(rule, so_far.tokens)) * rule.price
        case Tiered(kind="graduated"):
            return graduated(rule, usage, cost, so_far)
        case Tiered():
            return flat(reached(rule, so_far).price, usage, cost)
        case _:
            return flat(rule, usage, cost)


def ceiling(rule: PriceRule, most: Usage, cost: Decimal) -> Decimal:
    """No usage within `most`, wherever in a month, has a higher price. `cost` is the most it can cost us."""
    match rule:
        case Package():
            return begun(rule, most.total) * rule.price
        case Tiered():
            return max(flat(raised(tier.price), most, cost) for tier in rule.tiers)
        case _:
            return flat(raised(rule), most, cost)


def flat(rule: Flat, usage: Usage, cost: Decimal) -> Decimal:
    if isinstance(rule, Absolute):
        return times(usage, rule.rates)
    marked_up = cost * (100 + rule.markup_percent) / 100
    at_least = max(marked_up, times(usage, rule.floor)) if rule.floor else marked_up
    return min(at_least, times(usage, rule.cap)) if rule.cap else at_least


def raised(rule: Flat) -> Flat:
    """The rule with every class of tokens at the rate of the dearest."""
    if isinstance(rule, Absolute):
        return Absolute(rates=dearest(rule.rates))
    floor, cap = rule.floor and dearest(rule.floor), rule.cap and dearest(rule.cap)
    return Percent(markup_percent=rule.markup_percent, floor=floor, cap=cap)


def begun(package: Package, tokens: int) -> int:
    """How many packages so many tokens need."""
    return -(-tokens // package.tokens)


def reached(rule: Tiered, so_far: MonthToDate) -> Tier:
    level = so_far.tokens if rule.of == "tokens" else so_far.price
    return next(tier for tier in reversed(rule.tiers) if tier.above <= level)


def graduated(rule: Tiered, usage: Usage, cost: Decimal, so_far: MonthToDate) -> Decimal:
    """Fills the tiers one after the other; what is left of the call goes on to the next."""
    left, total = Fraction(1), Fraction(0)
    level = Fraction(so_far.tokens if rule.of == "tokens" else so_far.price)
    for tier, end in ranges(rule):
        whole = Fraction(flat(tier.price, usage, cost))
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
