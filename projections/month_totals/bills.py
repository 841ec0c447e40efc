"""What a tenant owes for a month: the month's totals once more added up, without what invoices took back."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from projections.kernel import Connection
from projections.reading import one
from schemas.billing.months import CREDIT_NOTE, USAGE

BILL = f"""
SELECT coalesce(sum(entries) FILTER (WHERE kind = '{USAGE}'), 0)::bigint AS calls,
    coalesce(sum(cost), 0) AS cost, coalesce(sum(price), 0) AS price,
    coalesce(sum(commission), 0) AS commission
FROM month_totals
WHERE tenant_id = %(tenant_id)s AND period = %(period)s AND kind <> '{CREDIT_NOTE}'
"""


@dataclass(frozen=True, slots=True)
class TenantBill:
    """`cost` is the platform's business: leave it out for tenants and partners."""

    calls: int = 0
    cost: Decimal = Decimal(0)
    price: Decimal = Decimal(0)
    commission: Decimal = Decimal(0)


async def get(conn: Connection, tenant_id: UUID, period: str) -> TenantBill:
    """A month without use is a bill of nothing."""
    return await one(conn, TenantBill, BILL, {"tenant_id": tenant_id, "period": period}) or TenantBill()
