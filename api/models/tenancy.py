from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from api.bodies import Body
from api.models.common import ID, NOW, OTHER_ID, Number, Position, example
from api.models.identity import ANNA, NewUserBody
from schemas.identity.types import Email, Reason
from schemas.personal import Redacted
from schemas.tenancy.profile import Branding, Locale, TimeZone
from schemas.tenancy.types import Cause, Commission, Held, MaxRuns, Name, Percent, Subdomain, TenantStatus

SETTINGS = {"locale": "en", "time_zone": "UTC", "contact": None}
TENANT = {
    "id": ID,
    "partner_id": OTHER_ID,
    "name": "Acme",
    "subdomain": "acme",
    "status": "active",
    "created_at": NOW,
}
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
    admin: NewUserBody | None = None


class ProvisionTenantBody(Body):
    model_config = example(
        name="Acme", subdomain="acme", monthly_budget_usd="250", owner=ANNA | {"email": "bo@acme.example"}
    )

    name: Name
    subdomain: Subdomain
    monthly_budget_usd: Budget | None = None
    owner: NewUserBody | None = None


class ContentErasure(BaseModel):
    """Of what a closed tenant wrote and ran. `touched`: how much of what. null: under way."""

    model_config = example(
        tenant_id=ID, begun_at=NOW, done_at=NOW, touched={"events": 1204, "payloads": 17, "executions": 96}
    )

    tenant_id: UUID
    begun_at: datetime
    done_at: datetime | None
    touched: dict[str, int] | None


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


class SettingsBody(Body):
    """What is absent stays as it is. `contact`: an e-mail address; null: none."""

    locale: Locale | None = None
    time_zone: TimeZone | None = None
    contact: Email | None = None


class RevisePartnerBody(Body):
    """What is absent stays as it is. `branding` is said as a whole."""

    model_config = example(name="Nordic Agents", settings={"locale": "nb-NO"}, branding={"colour": "#0a7d4f"})

    name: Name | None = None
    settings: SettingsBody | None = None
    branding: Branding | None = None


class ReviseTenantBody(RevisePartnerBody):
    model_config = example(name="Acme", settings={"time_zone": "Europe/Oslo"}, branding={"colour": "#0a7d4f"})


class SubdomainBody(Body):
    model_config = example(subdomain="acme-labs")

    subdomain: Subdomain


class TransferBody(Body):
    model_config = example(to_partner_id=OTHER_ID, reason="They moved to another reseller.")

    to_partner_id: UUID
    reason: Reason


class ShownSettings(BaseModel):
    locale: str
    time_zone: str
    contact: str | Redacted | None


class ShownBranding(BaseModel):
    """What stands on a sign-in page, and nothing else of the tenant."""

    model_config = example(name="Acme", logo=None, colour="#0a7d4f")

    name: str | None
    logo: str | None
    colour: str | None


class Partner(BaseModel):
    model_config = example(
        id=ID,
        name="Nordic Agents",
        terms={"markup_percent": "20", "commission_percent": "10"},
        settings=SETTINGS,
        branding={"name": None, "logo": None, "colour": "#0a7d4f"},
        created_at=NOW,
        closed_at=None,
    )

    id: UUID
    name: str
    terms: Terms
    settings: ShownSettings
    branding: ShownBranding
    created_at: datetime
    closed_at: datetime | None


class PartnerLine(BaseModel):
    id: UUID
    name: str
    created_at: datetime
    closed_at: datetime | None


class PartnerPage(BaseModel):
    model_config = example(
        items=[{"id": ID, "name": "Nordic Agents", "created_at": NOW, "closed_at": None}], next_cursor=None
    )

    items: list[PartnerLine]
    next_cursor: str | None


class HoldShown(BaseModel):
    """`cause`: who holds the tenant back; only they let go of it."""

    cause: Cause
    held: Held
    reason: str
    since: datetime


class TenantLine(BaseModel):
    model_config = example(**TENANT)

    id: UUID
    partner_id: UUID
    name: str
    subdomain: str
    status: TenantStatus
    created_at: datetime


class TenantPage(BaseModel):
    model_config = example(items=[TENANT], next_cursor=None)

    items: list[TenantLine]
    next_cursor: str | None


class Tenant(TenantLine):
    """`closing_at`: when it is closed, unless that is withdrawn."""

    model_config = example(
        **TENANT,
        monthly_budget_usd="250",
        max_runs=None,
        settings=SETTINGS,
        branding={"name": None, "logo": None, "colour": None},
        holds=[],
        closing_at=None,
        closed_at=None,
    )

    monthly_budget_usd: Number | None
    max_runs: int | None
    settings: ShownSettings
    branding: ShownBranding
    holds: list[HoldShown]
    closing_at: datetime | None
    closed_at: datetime | None
