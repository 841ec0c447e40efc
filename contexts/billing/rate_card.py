"""What models cost us, and what each partner adds and keeps: timelines that only grow.

`rate_card-system` holds the rates of all models, `rate_card-<partner>` one partner's terms.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain

from contexts.billing.timelines import (
    in_force,
    narrowest,
    require_after,
    start_of,
    to_come,
    unused,
)
from contexts.kernel import Aggregate, Context
from schemas.base import TenantId
from schemas.billing.commands import (
    SetPartnerTerms,
    SetSystemRate,
    WithdrawPartnerTerms,
    WithdrawSystemRate,
)
from schemas.billing.events import (
    PartnerTermsSet,
    PartnerTermsWithdrawn,
    SystemRateSet,
    SystemRateWithdrawn,
)
from schemas.billing.types import Pricing, SystemRate, Terms, scope

RateEvent = SystemRateSet | SystemRateWithdrawn | PartnerTermsSet | PartnerTermsWithdrawn


@dataclass(frozen=True)
class RateCard:
    """`rates` by model, `terms` by scope, oldest first. `withdrawn`: names that are not used again."""

    rates: Mapping[str, tuple[SystemRate, ...]] = field(default_factory=dict)
    terms: Mapping[str, tuple[Terms, ...]] = field(default_factory=dict)
    withdrawn: frozenset[str] = frozenset()


EMPTY = RateCard()


def set_system_rate(state: RateCard | None, command: SetSystemRate, ctx: Context) -> list[SystemRateSet]:
    card = state or EMPTY
    timeline = card.rates.get(command.model, ())
    start = start_of(command.effective_from, ctx.now)
    if timeline and timeline[-1].rates == command.rates and start >= timeline[-1].effective_from:
        return []
    require_after(timeline, start, ctx.now)
    rate = SystemRate(
        rate_id=unused(f"rate:{command.model}:{start.isoformat()}", card.withdrawn),
        model=command.model,
        rates=command.rates,
        effective_from=start,
    )
    return [SystemRateSet(rate=rate)]


def withdraw_system_rate(
    state: RateCard | None, command: WithdrawSystemRate, ctx: Context
) -> list[SystemRateWithdrawn]:
    known = chain.from_iterable((state or EMPTY).rates.values())
    rate = to_come(next((rate for rate in known if rate.rate_id == command.rate_id), None), ctx.now)
    return [SystemRateWithdrawn(model=rate.model, rate_id=rate.rate_id)]


def set_partner_terms(
    state: RateCard | None, command: SetPartnerTerms, ctx: Context
) -> list[PartnerTermsSet]:
    card = state or EMPTY
    place = scope(command.for_tenant, command.for_model)
    timeline = card.terms.get(place, ())
    start = start_of(command.effective_from, ctx.now)
    terms = Terms(
        terms_id=unused(terms_id(command, start), card.withdrawn),
        for_tenant=command.for_tenant,
        for_model=command.for_model,
        price=command.price,
        commission=command.commission,
        minimum=command.minimum,
        effective_from=start,
    )
    if timeline and same(timeline[-1], terms) and start >= timeline[-1].effective_from:
        return []
    require_after(timeline, start, ctx.now)
    return [PartnerTermsSet(partner_id=command.partner_id, terms=terms)]


def terms_id(command: SetPartnerTerms, start: datetime) -> str:
    parts = (command.partner_id, command.for_tenant, command.for_model, start.isoformat())
    return ":".join(["terms", *(str(part) for part in parts if part)])


def same(one: Terms, other: Terms) -> bool:
    return (one.price, one.commission, one.minimum) == (other.price, other.commission, other.minimum)


def withdraw_partner_terms(
    state: RateCard | None, command: WithdrawPartnerTerms, ctx: Context
) -> list[PartnerTermsWithdrawn]:
    known = chain.from_iterable((state or EMPTY).terms.values())
    terms = to_come(next((one for one in known if one.terms_id == command.terms_id), None), ctx.now)
    return [PartnerTermsWithdrawn(partner_id=command.partner_id, scope=terms.scope, terms_id=terms.terms_id)]


def rate_in_force(state: RateCard | None, model: str, at: datetime) -> SystemRate | None:
    return in_force((state or EMPTY).rates.get(model, ()), at)


def terms_in_force(
    state: RateCard | None, tenant_id: TenantId | None, model: str | None, at: datetime
) -> Terms | None:
    return narrowest((state or EMPTY).terms, scopes(tenant_id, model), at)


def scopes(tenant_id: TenantId | None, model: str | None) -> list[str]:
    """Narrowest first: what is said about a tenant goes before what is said about a model."""
    places = [(tenant_id, model), (tenant_id, None), (None, model), (None, None)]
    return [scope(tenant, name) for tenant, name in places]


def pricing_in_force(
    system: RateCard | None, partner: RateCard | None, tenant_id: TenantId, model: str, at: datetime
) -> Pricing | None:
    rate, terms = rate_in_force(system, model, at), terms_in_force(partner, tenant_id, model, at)
    return Pricing(system_rate=rate, terms=terms) if rate and terms else None


def known_models(system: RateCard | None) -> frozenset[str]:
    return frozenset(model for model, timeline in (system or EMPTY).rates.items() if timeline)


def evolve(state: RateCard | None, event: RateEvent) -> RateCard:
    card = state or EMPTY
    match event:
        case SystemRateSet(rate=rate):
            timeline = (*card.rates.get(rate.model, ()), rate)
            return replace(card, rates={**card.rates, rate.model: timeline})
        case PartnerTermsSet(terms=terms):
            agreed = (*card.terms.get(terms.scope, ()), terms)
            return replace(card, terms={**card.terms, terms.scope: agreed})
        case SystemRateWithdrawn(model=model, rate_id=gone):
            rates = tuple(rate for rate in card.rates[model] if rate.rate_id != gone)
            return replace(without(card, gone), rates={**card.rates, model: rates})
        case PartnerTermsWithdrawn(scope=place, terms_id=gone):
            kept = tuple(terms for terms in card.terms[place] if terms.terms_id != gone)
            return replace(without(card, gone), terms={**card.terms, place: kept})


def without(card: RateCard, name: str) -> RateCard:
    return replace(card, withdrawn=card.withdrawn | {name})


RATE_CARD = Aggregate("rate_card", RateCard, evolve)
