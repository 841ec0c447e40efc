"""Tax rates by country, and what is known of a tenant for tax."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from schemas.base import Command, Event, TenantId, Value
from schemas.billing.issuers import Country, Line

TAX_RATES = "tax_rates-system"
Percent = Annotated[Decimal, Field(ge=0, le=100, max_digits=7, decimal_places=4)]
VatId = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[A-Za-z]{2}[0-9A-Za-z+* .-]{2,20}$"),
]
Treatment = Literal["domestic", "reverse_charge", "exempt", "none"]


class TaxRate(Value):
    """In force from `effective_from` on, until a later one of its jurisdiction."""

    jurisdiction: Country
    name: Line
    percent: Percent
    effective_from: AwareDatetime


class TaxProfile(Value):
    """Who the tenant is on a document. `exempt` says why it pays no tax, if it does not."""

    name: Line
    address: tuple[Line, ...] = Field(default=(), max_length=6)
    country: Country
    vat_id: VatId | None = None
    exempt: Line | None = None


class Taxation(Value):
    """How a document is taxed; `note` is what the law wants to be written on it."""

    treatment: Treatment
    jurisdiction: str | None = None
    name: str = "Tax"
    percent: Decimal = Decimal(0)
    note: str = ""


class SetTaxRate(Command, type_name="billing.tax_rates.set_rate", stream=TAX_RATES):
    jurisdiction: Country
    name: Line
    percent: Percent
    effective_from: AwareDatetime | None = None


class TaxRateSet(Event, type_name="billing.tax_rates.rate_set"):
    rate: TaxRate


class SetTaxProfile(Command, type_name="billing.tax_profile.set", stream="tax_profile-{0.tenant_id}"):
    tenant_id: TenantId
    profile: TaxProfile


class TaxProfileSet(Event, type_name="billing.tax_profile.was_set"):
    tenant_id: TenantId
    profile: TaxProfile
