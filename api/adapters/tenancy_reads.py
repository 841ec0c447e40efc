"""Partners and tenants, from Postgres."""

from uuid import UUID

from api.adapters import cursors
from api.adapters.rows import people
from api.adapters.scoped_reads import ScopedReads
from api.paging import Page
from api.rows.people import HoldRow, PartnerRow, TenantRow
from infra.db.scope import Scope
from projections.partners import queries as partners
from projections.tenants import queries as tenants
from schemas.tenancy.types import TenantStatus


class PostgresTenancyReads(ScopedReads):
    async def partner(self, scope: Scope, partner_id: UUID) -> PartnerRow | None:
        return await self._one(scope, lambda conn: partners.get(conn, partner_id), people.partner)

    async def partners(self, scope: Scope, cursor: str | None, limit: int) -> Page[PartnerRow]:
        before = cursors.before(cursor)
        async with self._scoped(scope) as conn:
            found = await partners.list_page(conn, before, limit + 1)
        return cursors.page(found, limit, people.key_of_place, people.partner)

    async def tenant(self, scope: Scope, tenant_id: UUID) -> TenantRow | None:
        return await self._one(scope, lambda conn: tenants.get(conn, tenant_id), people.tenant)

    async def tenants(
        self,
        scope: Scope,
        cursor: str | None,
        limit: int,
        partner_id: UUID | None,
        status: TenantStatus | None,
    ) -> Page[TenantRow]:
        before = cursors.before(cursor)
        async with self._scoped(scope) as conn:
            found = await tenants.list_page(conn, before, limit + 1, partner_id=partner_id, status=status)
        return cursors.page(found, limit, people.key_of_place, people.tenant)

    async def tenant_holds(self, scope: Scope, tenant_id: UUID) -> list[HoldRow]:
        async with self._scoped(scope) as conn:
            return [people.hold(row) for row in await tenants.holds(conn, tenant_id)]

    async def tenant_by_subdomain(self, scope: Scope, subdomain: str) -> TenantRow | None:
        return await self._one(scope, lambda conn: tenants.by_subdomain(conn, subdomain), people.tenant)
