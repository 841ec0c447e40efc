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
    period: str
    calls: int
    written_off: int
    corrections: int
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


KEYS = ("tenant_id", "period")
COUNTS = ("calls", "written_off", "corrections")


def column(name: str) -> str:
    if name in KEYS:
        return name
    if name == "updated_at":
        return "max(updated_at) AS updated_at"
    whole = name in COUNTS or name.startswith("tokens_")
    return f"sum({name}){'::bigint' if whole else ''} AS {name}"


COLUMNS = ", ".join(column(field.name) for field in fields(TenantBill))
GET = f"""
SELECT {COLUMNS} FROM tenant_bills WHERE tenant_id = %(tenant_id)s AND period = %(period)s
GROUP BY tenant_id, period"""


async def get(conn: Connection, tenant_id: UUID, period: str) -> TenantBill | None:
    return await one(conn, TenantBill, GET, {"tenant_id": tenant_id, "period": period})
