"""A period's entries, reckoned again under another card: what would each tenant and partner have paid?"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import reduce

from contexts.billing import rating
from contexts.billing.month_to_date import UsageSoFar, counted, standing
from contexts.billing.rate_card import scopes
from contexts.billing.rating import Charge
from schemas.base import PartnerId, TenantId
from schemas.billing.cards import Card, CardTerms
from schemas.billing.types import Pricing, SystemRate, Terms
from schemas.execution.chat import Usage

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
SIMULATED = "simulated"


@dataclass(frozen=True, slots=True)
class Settled:
    """What an entry says of itself."""

    tenant_id: TenantId
    partner_id: PartnerId
    usage: Usage
    pricing: Pricing
    charge: Charge


@dataclass(frozen=True, slots=True)
class Sums:
    cost: Decimal = Decimal(0)
    price: Decimal = Decimal(0)
    commission: Decimal = Decimal(0)

    def plus(self, other: "Charge | Sums") -> "Sums":
        return Sums(self.cost + other.cost, self.price + other.price, self.commission + other.commission)

    def minus(self, other: "Sums") -> "Sums":
        return Sums(self.cost - other.cost, self.price - other.price, self.commission - other.commission)


@dataclass(frozen=True, slots=True)
class Comparison:
    calls: int = 0
    was: Sums = Sums()
    would_be: Sums = Sums()

    @property
    def difference(self) -> Sums:
        return self.would_be.minus(self.was)

    def plus(self, other: "Comparison") -> "Comparison":
        return Comparison(
            self.calls + other.calls, self.was.plus(other.was), self.would_be.plus(other.would_be)
        )


@dataclass
class Simulation:
    """Entries are taken in the order they were settled in, so that tiers fill as they would have."""

    card: Card
    calls: int = 0
    tenants: dict[tuple[PartnerId, TenantId], Comparison] = field(default_factory=dict)
    """By partner and tenant."""

    months: dict[TenantId, UsageSoFar] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rates = {
            one.model: SystemRate(rate_id=SIMULATED, model=one.model, rates=one.rates, effective_from=ALWAYS)
            for one in self.card.system
        }
        self.terms = by_partner(self.card.partners)

    def take(self, entries: Iterable[Settled]) -> None:
        for entry in entries:
            so_far = self.months.get(entry.tenant_id, {})
            pricing = standing(self.pricing(entry), so_far)
            charge = rating.charge(entry.usage, pricing)
            self.months[entry.tenant_id] = counted(so_far, pricing, entry.usage, charge.price)
            self.note(entry, charge)

    def pricing(self, entry: Settled) -> Pricing:
        """The card's where it says something of this call, else the entry's own."""
        own = entry.pricing
        model = own.system_rate.model
        known = self.terms.get(entry.partner_id, {})
        places = scopes(entry.tenant_id, model)
        terms = next((known[place] for place in places if place in known), own.terms)
        return Pricing(system_rate=self.rates.get(model, own.system_rate), terms=terms)

    def note(self, entry: Settled, charge: Charge) -> None:
        key = (entry.partner_id, entry.tenant_id)
        one = Comparison(1, Sums().plus(entry.charge), Sums().plus(charge))
        self.tenants[key] = self.tenants.get(key, Comparison()).plus(one)
        self.calls += 1

    @property
    def partners(self) -> dict[PartnerId, Comparison]:
        found: dict[PartnerId, Comparison] = defaultdict(Comparison)
        for (partner_id, _), comparison in self.tenants.items():
            found[partner_id] = found[partner_id].plus(comparison)
        return dict(found)

    @property
    def total(self) -> Comparison:
        return reduce(Comparison.plus, self.tenants.values(), Comparison())


def by_partner(agreed: Iterable[CardTerms]) -> Mapping[PartnerId, Mapping[str, Terms]]:
    found: dict[PartnerId, dict[str, Terms]] = defaultdict(dict)
    for one in agreed:
        terms = Terms(
            terms_id=SIMULATED,
            for_tenant=one.for_tenant,
            for_model=one.for_model,
            price=one.price,
            commission=one.commission,
            effective_from=ALWAYS,
        )
        found[one.partner_id][terms.scope] = terms
    return found


def simulate(entries: Iterable[Settled], card: Card) -> Simulation:
    simulation = Simulation(card)
    simulation.take(entries)
    return simulation
