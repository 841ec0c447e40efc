from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from projections.kernel import Connection
from projections.reading import Before, one, page

SELECT = """
SELECT id, partner_id, name, subdomain, owner_user_id, nullif(monthly_budget, -1) AS monthly_budget,
    status, status_reason, nullif(max_runs, 0) AS max_runs, created_at, updated_at
FROM tenants
"""


@dataclass(frozen=True, slots=True)
class Tenant:
    id: UUID
    partner_id: UUID
    name: str
    subdomain: str
    owner_user_id: UUID | None
    monthly_budget: Decimal | None
    status: str
    status_reason: str | None
    max_runs: int | None
    created_at: datetime
    updated_at: datetime


async def get(conn: Connection, tenant_id: UUID) -> Tenant | None:
    return await one(conn, Tenant, f"{SELECT} WHERE id = %(id)s", {"id": tenant_id})


async def list_page(
    conn: Connection,
    before: Before | None = None,
    limit: int = 50,
    partner_id: UUID | None = None,
    status: str | None = None,
) -> list[Tenant]:
    return await page(conn, Tenant, SELECT, before, limit, partner_id=partner_id, status=status)
