from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from projections.kernel import Connection
from projections.reading import one


@dataclass(frozen=True, slots=True)
class TenantBill:
    """`cost_usd` and `margin_usd` are the platform's business: leave them out for tenants and partners."""

    tenant_id: UUID
    partner_id: UUID | None
    period: str
    calls: int
    written_off: int
    tokens_input: int
    tokens_output: int
    tokens_cache_read: int
    tokens_cache_write: int
    tokens_reasoning: int
    cost_usd: Decimal
    price_usd: Decimal
    commission_usd: Decimal
    margin_usd: Decimal
    updated_at: datetime


SELECT = f"SELECT {', '.join(field.name for field in fields(TenantBill))} FROM tenant_bills"
GET = f"{SELECT} WHERE tenant_id = %(tenant_id)s AND period = %(period)s"


async def get(conn: Connection, tenant_id: UUID, period: str) -> TenantBill | None:
    return await one(conn, TenantBill, GET, {"tenant_id": tenant_id, "period": period})
