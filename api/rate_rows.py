"""Rates and terms as the read side has them, as the API shows them."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from api.models import rates as models
from api.pure import ModelPrice, price_list
from projections.rate_cards.queries import PartnerTerms, SystemRate
from schemas.base import TenantId
from schemas.billing import types

ONE = Decimal(1)


def shown_rate(row: SystemRate) -> models.SystemRate:
    return models.SystemRate(
        rate_id=row.rate_id,
        model=row.model,
        rates=rates_of(row),
        **history(row),
    )


def shown_terms(row: PartnerTerms) -> models.PartnerTerms:
    terms = terms_of(row)
    return models.PartnerTerms(
        terms_id=row.terms_id,
        partner_id=row.partner_id,
        for_tenant=row.for_tenant,
        for_model=row.for_model,
        price=terms.price,
        commission=terms.commission,
        minimum=short(row.minimum),
        **history(row),
    )


def history(row: SystemRate | PartnerTerms) -> dict[str, object]:
    names = ("effective_from", "in_force", "set_by", "withdrawn_by", "withdrawn_at")
    return {name: getattr(row, name) for name in names} | {"set_at": row.created_at}


def rates_of(row: SystemRate) -> types.TokenRates:
    return types.TokenRates(**{name: short(getattr(row, name)) for name in types.TokenRates.model_fields})


def short_rates(rates: types.TokenRates) -> dict[str, Decimal]:
    return {name: short(rate) for name, rate in rates}


def short(amount: Decimal) -> Decimal:
    """Without the zeros that say nothing."""
    return amount.quantize(ONE) if amount == amount.to_integral_value() else amount.normalize()


def terms_of(row: PartnerTerms) -> types.Terms:
    return types.Terms(
        terms_id=row.terms_id,
        for_tenant=TenantId(row.for_tenant) if row.for_tenant else None,
        for_model=row.for_model,
        price=row.price,
        commission=row.commission,
        minimum=row.minimum,
        effective_from=row.effective_from,
    )


def tenant_prices(
    rates: Sequence[SystemRate], terms: Sequence[PartnerTerms], tenant_id: UUID
) -> list[ModelPrice]:
    """By what is in force."""
    costs = [
        types.SystemRate(
            rate_id=row.rate_id, model=row.model, rates=rates_of(row), effective_from=row.effective_from
        )
        for row in rates
    ]
    return price_list(costs, [terms_of(row) for row in terms], tenant_id)


def price_tiers(price: ModelPrice) -> models.ModelPrice:
    package = price.package
    return models.ModelPrice(
        model=price.model,
        kind=price.kind,
        of=price.of,
        tiers=[
            models.PriceTier(above=short(tier.above), rates=short_rates(tier.rates)) for tier in price.tiers
        ],
        package_tokens=package.tokens if package else None,
        package_price=package.price if package else None,
        monthly_minimum=short(price.minimum),
    )
