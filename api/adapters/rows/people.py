"""People, partners and tenants: what the queries give, as the rows the edge works with."""

from datetime import datetime
from uuid import UUID

from api.rows.people import HoldRow, IdentityRow, MemberRow, PartnerRow, TenantRow, UserRow
from projections.members.queries import Member
from projections.partners.queries import Partner
from projections.tenants.queries import Hold, Tenant
from projections.users.queries import Identity, User
from schemas.access import Role
from schemas.base import PartnerId, TenantId, UserId
from schemas.tenancy.profile import Branding, ProfileSettings


def user(row: User) -> UserRow:
    return UserRow(
        id=UserId(row.id),
        email=row.email,
        email_index=row.email_index,
        name=row.name,
        verified=row.verified,
        disabled=row.disabled,
        erased=row.erased,
        created_at=row.created_at,
    )


def identity(row: Identity) -> IdentityRow:
    return IdentityRow(row.provider, row.subject_index, row.created_at)


def member(row: Member) -> MemberRow:
    return MemberRow(
        id=UserId(row.id),
        place_id=row.place_id,
        tenant_id=TenantId(row.tenant_id) if row.tenant_id else None,
        partner_id=PartnerId(row.partner_id) if row.partner_id else None,
        email=row.email,
        name=row.name,
        role=Role(row.role),
        created_at=row.created_at,
    )


def key_of_member(row: Member) -> tuple[datetime, UUID]:
    return row.created_at, row.id


def partner(row: Partner) -> PartnerRow:
    return PartnerRow(
        id=PartnerId(row.id),
        name=row.name,
        markup_percent=row.markup_percent,
        commission_percent=row.commission_percent,
        created_at=row.created_at,
        settings=ProfileSettings.model_validate(row.settings or {}),
        branding=Branding.model_validate(row.branding or {}),
        closed_at=row.closed_at,
    )


def tenant(row: Tenant) -> TenantRow:
    return TenantRow(
        id=TenantId(row.id),
        partner_id=PartnerId(row.partner_id),
        name=row.name,
        subdomain=row.subdomain,
        status=row.status,  # type: ignore[arg-type]
        monthly_budget=row.monthly_budget,
        created_at=row.created_at,
        max_runs=row.max_runs,
        settings=ProfileSettings.model_validate(row.settings or {}),
        branding=Branding.model_validate(row.branding or {}),
        closing_at=row.closing_at,
        closed_at=row.closed_at,
    )


def hold(row: Hold) -> HoldRow:
    return HoldRow(row.cause, row.held, row.reason, row.since)  # type: ignore[arg-type]


def key_of_place(row: Partner | Tenant) -> tuple[datetime, UUID]:
    return row.created_at, row.id
