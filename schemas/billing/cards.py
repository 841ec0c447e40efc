"""A rate card that is not in force: what would be, for a simulation."""

from pydantic import Field

from schemas.base import PartnerId, TenantId, Value
from schemas.billing.types import Commission, Model, PriceRule, TokenRates


class CardRate(Value):
    model: Model
    rates: TokenRates


class CardTerms(Value):
    """For all of a partner's, or for a tenant, a model, or a model of a tenant's."""

    partner_id: PartnerId
    for_tenant: TenantId | None = None
    for_model: Model | None = None
    price: PriceRule
    commission: Commission


class Card(Value):
    """What it does not name stays as it was."""

    system: tuple[CardRate, ...] = Field(default=(), max_length=1_000)
    partners: tuple[CardTerms, ...] = Field(default=(), max_length=1_000)
