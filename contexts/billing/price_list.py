"""What a tenant pays for each model now. It does not say what that costs us."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from uuid import UUID

from contexts.billing.exact import EXACT
from contexts.billing.prices import sale_rates
from contexts.billing.rate_card import scopes
from schemas.base import TenantId
from schemas.billing.types import Flat, Package, SystemRate, Terms, Tiered, TokenRates


@dataclass(frozen=True, slots=True)
class PriceTier:
    above: Decimal
    rates: TokenRates


@dataclass(frozen=True, slots=True)
class ModelPrice:
    """`of`: what the tiers count. A package has no tiers, everything else has one at least."""

    model: str
    kind: str
    tiers: Sequence[PriceTier] = ()
    of: str | None = None
    package: Package | None = None
    minimum: Decimal = Decimal(0)


def price_list(rates: Iterable[SystemRate], terms: Iterable[Terms], tenant_id: UUID) -> list[ModelPrice]:
    """`rates` and `terms` are those in force; a model without terms is not for sale."""
    by_scope = {one.scope: one for one in terms}
    found = []
    with localcontext(EXACT):
        for rate in rates:
            places = scopes(TenantId(tenant_id), rate.model)
            agreed = next((by_scope[place] for place in places if place in by_scope), None)
            if agreed is not None:
                found.append(shown(rate, agreed))
    return found


def shown(rate: SystemRate, terms: Terms) -> ModelPrice:
    rule = terms.price
    if isinstance(rule, Package):
        return ModelPrice(rate.model, rule.kind, package=rule, minimum=terms.minimum)
    kind = rule.kind if isinstance(rule, Tiered) else "flat"
    of = rule.of if isinstance(rule, Tiered) else None
    tiers = [PriceTier(above, sale_rates(price, rate.rates)) for above, price in steps(rule)]
    return ModelPrice(rate.model, kind, tiers, of, minimum=terms.minimum)


def steps(rule: Flat | Tiered) -> list[tuple[Decimal, Flat]]:
    if isinstance(rule, Tiered):
        return [(tier.above, tier.price) for tier in rule.tiers]
    return [(Decimal(0), rule)]
