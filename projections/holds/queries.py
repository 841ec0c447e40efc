from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from projections.kernel import Connection
from projections.reading import one

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
