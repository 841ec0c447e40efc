from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal

from projections.kernel import Connection
from projections.reading import many


@dataclass(frozen=True, slots=True)
class SystemRate:
    """US dollars per million tokens. `in_force`: the newest rate of its model that has begun."""

    rate_id: str
    model: str
    input: Decimal
    output: Decimal
    cache_read: Decimal
    cache_write: Decimal
    reasoning: Decimal
    effective_from: datetime
    in_force: bool


IN_FORCE = """
effective_from <= %(now)s AND effective_from = max(effective_from)
    FILTER (WHERE effective_from <= %(now)s) OVER (PARTITION BY model) AS in_force
"""


COLUMNS = ", ".join(field.name for field in fields(SystemRate) if field.name != "in_force")
RATES = f"SELECT {COLUMNS}, {IN_FORCE} FROM system_rates ORDER BY model, effective_from DESC"


async def system_rates(conn: Connection, now: datetime) -> list[SystemRate]:
    """By model, newest first, with future and past rates."""
    return await many(conn, SystemRate, RATES, {"now": now})
