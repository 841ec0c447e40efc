"""What the edge knows of who is who: users, partners, tenants."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from schemas.access import Role
from schemas.base import PartnerId, TenantId, UserId
from schemas.tenancy.types import TenantStatus


@dataclass(frozen=True, slots=True)
class UserRow:
    id: UserId
    email: str
    name: str
    password_hash: str
    role: Role
    partner_id: PartnerId | None
    tenant_id: TenantId | None


@dataclass(frozen=True, slots=True)
class PartnerRow:
    id: PartnerId
    name: str
    markup_percent: Decimal
    commission_percent: Decimal
    created_at: datetime


@dataclass(frozen=True, slots=True)
class TenantRow:
    id: TenantId
    partner_id: PartnerId
    name: str
    subdomain: str
    status: TenantStatus
    monthly_budget: Decimal | None
    created_at: datetime
    max_runs: int | None = None
