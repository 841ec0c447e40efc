"""Tax rates by country: timelines that only grow."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from contexts.billing.errors import RateInThePast
from contexts.kernel import Aggregate, Context
from schemas.billing.taxes import SetTaxRate, TaxRate, TaxRateSet


@dataclass(frozen=True)
class TaxRates:
    """By country, oldest first."""

    rates: Mapping[str, tuple[TaxRate, ...]] = field(default_factory=dict)


EMPTY = TaxRates()


def set_rate(state: TaxRates | None, command: SetTaxRate, ctx: Context) -> list[TaxRateSet]:
    timeline = (state or EMPTY).rates.get(command.jurisdiction, ())
    start = (command.effective_from or ctx.now).astimezone(UTC)
    if timeline and same(timeline[-1], command) and start >= timeline[-1].effective_from:
        return []
    require_after(timeline, start, ctx.now)
    rate = TaxRate(
        jurisdiction=command.jurisdiction, name=command.name, percent=command.percent, effective_from=start
    )
    return [TaxRateSet(rate=rate)]


def require_after(timeline: tuple[TaxRate, ...], start: datetime, now: datetime) -> None:
    """What was in force stays so: only a first rate may start before now, as nothing used it yet."""
    if timeline and (start < now or start <= timeline[-1].effective_from):
        latest = max(now, timeline[-1].effective_from)
        raise RateInThePast(f"{start.isoformat()} is not after {latest.isoformat()}: the past is immutable")


def same(rate: TaxRate, command: SetTaxRate) -> bool:
    return (rate.name, rate.percent) == (command.name, command.percent)


def rate_in_force(state: TaxRates | None, country: str, at: datetime) -> TaxRate | None:
    timeline = (state or EMPTY).rates.get(country, ())
    return next((rate for rate in reversed(timeline) if rate.effective_from <= at), None)


def evolve(state: TaxRates | None, event: TaxRateSet) -> TaxRates:
    rates, country = (state or EMPTY).rates, event.rate.jurisdiction
    return replace(state or EMPTY, rates={**rates, country: (*rates.get(country, ()), event.rate)})


TAX_RATES = Aggregate("tax_rates", TaxRates, evolve)
