"""What decisions about documents know of other aggregates."""

from dataclasses import dataclass

from contexts.billing.carryover import EMPTY, Carryover
from contexts.billing.issuer import Issuer
from contexts.billing.tax_rates import TaxRates
from schemas.billing.taxes import TaxProfile


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """`issuer` is read from the stream its next number is taken in; `tenant_name`: as it was provisioned."""

    issuer: Issuer | None
    rates: TaxRates | None
    profile: TaxProfile | None
    tenant_name: str
    carryover: Carryover = EMPTY
