"""What models cost us, and what each partner adds and keeps: timelines that only grow.

`rate_card-system` holds the rates of all models, `rate_card-<partner>` one partner's terms.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from contexts.billing.errors import RateInThePast
from contexts.kernel import Aggregate, Context
from schemas.billing.commands import SetPartnerTerms, SetSystemRate
from schemas.billing.events import PartnerTermsSet, SystemRateSet
from schemas.billing.types import Pricing, SystemRate, Terms

RateEvent = SystemRateSet | PartnerTermsSet


@dataclass(frozen=True)
class RateCard:
    """Oldest first. `rates` by model."""

    rates: Mapping[str, tuple[SystemRate, ...]] = field(default_factory=dict)
    terms: tuple[Terms, ...] = ()


EMPTY = RateCard()


def set_system_rate(state: RateCard | None, command: SetSystemRate, ctx: Context) -> list[SystemRateSet]:
    timeline = (state or EMPTY).rates.get(command.model, ())
    start = (command.effective_from or ctx.now).astimezone(UTC)
    if timeline and timeline[-1].rates == command.rates and start >= timeline[-1].effective_from:
        return []
    require_after(timeline, start, ctx.now)
    rate = SystemRate(
        rate_id=f"rate:{command.model}:{start.isoformat()}",
        model=command.model,
        rates=command.rates,
        effective_from=start,
    )
    return [SystemRateSet(rate=rate)]


def set_partner_terms(
    state: RateCard | None, command: SetPartnerTerms, ctx: Context
) -> list[PartnerTermsSet]:
    timeline = (state or EMPTY).terms
    start = (command.effective_from or ctx.now).astimezone(UTC)
    terms = Terms(
        terms_id=f"terms:{command.partner_id}:{start.isoformat()}",
        markup_percent=command.markup_percent,
        commission_percent=command.commission_percent,
        effective_from=start,
    )
    if timeline and same_percentages(timeline[-1], terms) and start >= timeline[-1].effective_from:
        return []
    require_after(timeline, start, ctx.now)
    return [PartnerTermsSet(partner_id=command.partner_id, terms=terms)]


def require_after(timeline: tuple[SystemRate | Terms, ...], start: datetime, now: datetime) -> None:
    """What was in force stays so: only a first entry may start before now, as nothing used it yet."""
    if timeline and start < (earliest := max(now, timeline[-1].effective_from)):
        raise RateInThePast(f"{start.isoformat()} is before {earliest.isoformat()}: the past is immutable")
    if timeline and start == timeline[-1].effective_from:
        raise RateInThePast(f"another one starts at {start.isoformat()} already")


def same_percentages(one: Terms, other: Terms) -> bool:
    return (one.markup_percent, one.commission_percent) == (other.markup_percent, other.commission_percent)


def rate_in_force(state: RateCard | None, model: str, at: datetime) -> SystemRate | None:
    timeline = (state or EMPTY).rates.get(model, ())
    return next((rate for rate in reversed(timeline) if rate.effective_from <= at), None)


def terms_in_force(state: RateCard | None, at: datetime) -> Terms | None:
    return next((terms for terms in reversed((state or EMPTY).terms) if terms.effective_from <= at), None)


def pricing_in_force(
    system: RateCard | None, partner: RateCard | None, model: str, at: datetime
) -> Pricing | None:
    rate, terms = rate_in_force(system, model, at), terms_in_force(partner, at)
    return Pricing(system_rate=rate, terms=terms) if rate and terms else None


def known_models(system: RateCard | None) -> frozenset[str]:
    return frozenset((system or EMPTY).rates)


def evolve(state: RateCard | None, event: RateEvent) -> RateCard:
    card = state or EMPTY
    if isinstance(event, PartnerTermsSet):
        return replace(card, terms=(*card.terms, event.terms))
    timeline = (*card.rates.get(event.rate.model, ()), event.rate)
    return replace(card, rates={**card.rates, event.rate.model: timeline})


RATE_CARD = Aggregate("rate_card", RateCard, evolve)
