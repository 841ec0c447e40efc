from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from schemas.base import Value
from schemas.coded import coded
from schemas.subdomain import FORM, BadSubdomain, accepted


def subdomain(name: str) -> str:
    try:
        return accepted(name)
    except BadSubdomain as error:
        raise coded(error.code, error.message) from error


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Subdomain = Annotated[str, StringConstraints(pattern=FORM), AfterValidator(subdomain)]
Percent = Annotated[Decimal, Field(ge=0, le=1000, max_digits=12, decimal_places=6)]
Commission = Annotated[Decimal, Field(ge=0, le=100, max_digits=12, decimal_places=6)]
Budget = Annotated[Decimal, Field(ge=0, max_digits=38, decimal_places=12)]
TENANT_SUSPENDED = "tenancy.tenant_suspended"
"""What is refused, or put off, because its tenant is suspended."""
TENANT_CLOSED = "tenancy.tenant_closed"
TENANT_RESTRICTED = "tenancy.tenant_restricted"
"""A run that is not begun because its tenant may begin no new ones."""
MaxRuns = Annotated[int, Field(ge=1, le=100_000)]
"""How many runs of one tenant may be under way at a time."""

TenantStatus = Literal["provisioned", "active", "past_due", "restricted", "suspended", "closed"]
"""Of one that is past due people are told, and nothing stops. A restricted one begins no new runs; what runs
goes on. Nothing of a suspended one does, nor of one that is closed, which is for ever.
"""
STOPPED: frozenset[TenantStatus] = frozenset({"suspended", "closed"})
Held = Literal["past_due", "restricted", "suspended"]
"""From the mildest to the strictest."""
By = Literal["operator", "partner", "dunning"]
"""Who holds a tenant back. Each lifts what it did itself and nothing else."""
Cause = Literal["operator", "partner", "dunning", "closing"]


class PartnerTerms(Value):
    """What a partner adds to our cost and keeps of the price: price = cost x (1 + markup), in percent."""

    markup_percent: Percent = Decimal(0)
    commission_percent: Commission = Decimal(0)
