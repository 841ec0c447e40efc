"""What the edge knows of who is who: people, their places, partners, tenants."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from schemas.access import Role
from schemas.base import PartnerId, TenantId, UserId
from schemas.tenancy.profile import Branding, ProfileSettings
from schemas.tenancy.types import Cause, Held, TenantStatus

USUAL, PLAIN = ProfileSettings(), Branding()


@dataclass(frozen=True, slots=True)
class UserRow:
    """`email` and `name` are ciphertext, empty once the user is erased."""

    id: UserId
    email: str
    email_index: str
    name: str
    verified: bool
    disabled: bool
    erased: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class IdentityRow:
    """An account at another provider somebody signs in with."""

    provider: str
    subject_index: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One person's role at one place. `id` is the user's."""

    id: UserId
    place_id: UUID
    tenant_id: TenantId | None
    partner_id: PartnerId | None
    email: str
    name: str
    role: Role
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PartnerRow:
    id: PartnerId
    name: str
    markup_percent: Decimal
    commission_percent: Decimal
    created_at: datetime
    settings: ProfileSettings = USUAL
    branding: Branding = PLAIN
    closed_at: datetime | None = None


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
    settings: ProfileSettings = USUAL
    branding: Branding = PLAIN
    closing_at: datetime | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HoldRow:
    """Why a tenant is held back, for one cause."""

    cause: Cause
    held: Held
    reason: str
    since: datetime
