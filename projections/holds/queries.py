from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from projections.kernel import Connection
from projections.reading import MAX_PAGE, many, one


@dataclass(frozen=True, slots=True)
class Hold:
    """`resolves_at`: when an open hold becomes unknown, and an unknown one is written off."""

    call_key: str
    tenant_id: UUID
    partner_id: UUID | None
    period: str
    execution_id: UUID
    node: str
    attempt: int
    model: str
    amount_usd: Decimal
    status: str
    reason: str | None
    resolves_at: datetime
    created_at: datetime


OPEN = f"""
SELECT {", ".join(field.name for field in fields(Hold))} FROM holds
WHERE %(tenant_id)s::uuid IS NULL OR tenant_id = %(tenant_id)s ORDER BY created_at LIMIT %(limit)s
"""
HELD = """
SELECT coalesce(sum(amount_usd), 0) AS amount FROM holds
WHERE tenant_id = %(tenant_id)s AND period = %(period)s
"""


class Held(NamedTuple):
    amount: Decimal


async def held(conn: Connection, tenant_id: UUID, period: str) -> Decimal:
    """The sum of a month's open and unknown holds."""
    row = await one(conn, Held, HELD, {"tenant_id": tenant_id, "period": period})
    return row.amount if row else Decimal(0)


async def open_holds(conn: Connection, tenant_id: UUID | None = None, limit: int = MAX_PAGE) -> list[Hold]:
    """Held and unknown calls, oldest first."""
    return await many(conn, Hold, OPEN, {"tenant_id": tenant_id, "limit": limit})
