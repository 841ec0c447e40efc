"""Questions about partners and tenants."""

from typing import Protocol
from uuid import UUID

from api.paging import Page
from api.rows.people import HoldRow, PartnerRow, TenantRow
from infra.db.scope import Scope
from schemas.tenancy.types import TenantStatus


class TenancyReads(Protocol):
    async def partner(self, scope: Scope, partner_id: UUID) -> PartnerRow | None: ...

    async def partners(self, scope: Scope, cursor: str | None, limit: int) -> Page[PartnerRow]:
        """Newest first."""
        ...

    async def tenant(self, scope: Scope, tenant_id: UUID) -> TenantRow | None: ...

    async def tenants(
        self,
        scope: Scope,
        cursor: str | None,
        limit: int,
        partner_id: UUID | None,
        status: TenantStatus | None,
    ) -> Page[TenantRow]:
        """Newest first."""
        ...

    async def tenant_holds(self, scope: Scope, tenant_id: UUID) -> list[HoldRow]:
        """What holds it back, by cause."""
        ...

    async def tenant_by_subdomain(self, scope: Scope, subdomain: str) -> TenantRow | None:
        """One that is not closed."""
        ...
