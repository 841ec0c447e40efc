"""Who issues invoices, to whom, and what taxes they bear."""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel

from api.bodies import Body
from api.models.common import ID, NOW, Number, example
from schemas.billing.issuers import Branding, Country, Line, Prefix
from schemas.billing.taxes import Percent, TaxProfile

BRANDING = {
    "name": "Northwind GmbH",
    "address": ["Speicherstraße 12", "20457 Hamburg"],
    "country": "DE",
    "tax_ids": ["VAT ID DE123456789"],
    "colour": "#0f766e",
    "logo": None,
    "payment_days": 30,
    "payment_details": "IBAN DE02 1203 0000 0000 2020 51",
    "footer": "",
}
PROFILE = {
    "name": "Acme AG",
    "address": ["Hafenweg 3", "28195 Bremen"],
    "country": "DE",
    "vat_id": "DE987654321",
    "exempt": None,
}


class IssuerBody(Body):
    """Applies to documents issued from now on."""

    model_config = example(prefix="NW", branding=BRANDING)

    prefix: Prefix
    branding: Branding


class Issuer(BaseModel):
    model_config = example(partner_id=ID, prefix="NW", branding=BRANDING)

    partner_id: UUID
    prefix: str
    branding: Branding


class TaxProfileBody(Body):
    model_config = example(profile=PROFILE)

    profile: TaxProfile


class TenantTaxProfile(BaseModel):
    """Without a profile a tenant is taken for a customer in its partner's country."""

    model_config = example(tenant_id=ID, profile=PROFILE)

    tenant_id: UUID
    profile: TaxProfile | None


class TaxRateBody(Body):
    model_config = example(jurisdiction="DE", name="VAT", percent="19", effective_from=None)

    jurisdiction: Country
    name: Line
    percent: Percent
    effective_from: AwareDatetime | None = None


class TaxRate(BaseModel):
    jurisdiction: str
    name: str
    percent: Number
    effective_from: AwareDatetime


class TaxRates(BaseModel):
    model_config = example(
        items=[{"jurisdiction": "DE", "name": "VAT", "percent": "19.0000", "effective_from": NOW}]
    )

    items: list[TaxRate]
