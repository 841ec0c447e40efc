from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from api.bodies import Body
from api.models.common import ID, NOW, OTHER_ID, Number, Position, example
from api.models.identity import ANNA, NewUserBody, OwnerBody
from schemas.tenancy.types import Commission, MaxRuns, Name, Percent, Subdomain, TenantStatus

Budget = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=6)]


class TermsBody(Body):
    """price = cost x (1 + markup); commission = price x commission share. In percent."""

    markup_percent: Percent = Decimal(0)
    commission_percent: Commission = Decimal(0)


class CreatePartnerBody(Body):
    model_config = example(
        name="Nordic Agents",
        terms={"markup_percent": "20", "commission_percent": "10"},
        admin=ANNA,
    )

    name: Name
    terms: TermsBody = TermsBody()
    admin: NewUserBody


class ProvisionTenantBody(Body):
    model_config = example(
        name="Acme", subdomain="acme", monthly_budget_usd="250", owner=ANNA | {"email": "bo@acme.example"}
    )

    name: Name
    subdomain: Subdomain
    monthly_budget_usd: Budget | None = None
    owner: OwnerBody


class ReasonBody(Body):
    model_config = example(reason="Invoice 2026-09 is unpaid.")

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class LimitsBody(Body):
    """`max_runs`: runs under way at a time. null: the platform's own limit holds."""

    model_config = example(max_runs=20)

    max_runs: MaxRuns | None


class PartnerCreated(BaseModel):
    """`active`: the admin can log in. `created`: very soon."""

    model_config = example(id=ID, status="active", position=17)

    id: UUID
    status: Literal["active", "created"]
    position: Position


class TenantProvisioned(BaseModel):
    """`active`: the owner can log in and run. `provisioned`: very soon, or when an invited owner accepts."""

    model_config = example(id=ID, status="active", position=21)

    id: UUID
    status: TenantStatus
    position: Position


class Terms(BaseModel):
    markup_percent: Number
    commission_percent: Number


class Partner(BaseModel):
    model_config = example(
        id=ID,
        name="Nordic Agents",
        terms={"markup_percent": "20", "commission_percent": "10"},
        created_at=NOW,
    )

    id: UUID
    name: str
    terms: Terms
    created_at: datetime


class Tenant(BaseModel):
    model_config = example(
        id=ID,
        partner_id=OTHER_ID,
        name="Acme",
        subdomain="acme",
        status="active",
        monthly_budget_usd="250",
        max_runs=None,
        created_at=NOW,
    )

    id: UUID
    partner_id: UUID
    name: str
    subdomain: str
    status: TenantStatus
    monthly_budget_usd: Number | None
    max_runs: int | None
    created_at: datetime
