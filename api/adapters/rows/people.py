"""Users, partners and tenants: what the queries give, as the rows the edge works with."""

from api.rows.people import PartnerRow, TenantRow, UserRow
from projections.partners.queries import Partner
from projections.tenants.queries import Tenant
from projections.users.queries import Login
from schemas.access import Role
from schemas.base import PLATFORM, PartnerId, TenantId, UserId


def user(row: Login) -> UserRow:
    return UserRow(
        id=UserId(row.id),
        email=row.email,
        name=row.name,
        password_hash=row.password_hash,
        role=Role(row.role),
        partner_id=PartnerId(row.partner_id) if row.partner_id else None,
        tenant_id=TenantId(row.tenant_id) if row.tenant_id != PLATFORM else None,
    )


def partner(row: Partner) -> PartnerRow:
    return PartnerRow(PartnerId(row.id), row.name, row.markup_percent, row.commission_percent, row.created_at)


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
    )
