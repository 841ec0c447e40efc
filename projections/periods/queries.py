from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from projections.kernel import Connection
from projections.reading import many

OPEN = """
SELECT t.id AS tenant_id, t.partner_id FROM tenants t
WHERE t.created_at < %(end)s AND t.id > %(after)s AND (%(tenant_id)s::uuid IS NULL OR t.id = %(tenant_id)s)
  AND NOT EXISTS (SELECT FROM periods p WHERE p.tenant_id = t.id AND p.period = %(period)s)
ORDER BY t.id LIMIT %(limit)s
"""
STATUS = """
SELECT m.period, count(*) FILTER (WHERE p.period IS NOT NULL) AS closed,
    count(*) FILTER (WHERE p.period IS NULL) AS open,
    (SELECT count(*) FROM holds h WHERE h.period = m.period) AS holds
FROM (SELECT to_char(month, 'YYYY-MM') AS period, month + interval '1 month' AS ends
      FROM generate_series(date_trunc('month', %(now)s AT TIME ZONE 'UTC') - %(months)s * interval '1 month',
                           date_trunc('month', %(now)s AT TIME ZONE 'UTC') - interval '1 month',
                           interval '1 month') AS month) AS m
JOIN tenants t ON t.created_at AT TIME ZONE 'UTC' < m.ends
LEFT JOIN periods p ON p.tenant_id = t.id AND p.period = m.period
GROUP BY m.period ORDER BY m.period DESC
"""


class OpenPeriod(NamedTuple):
    """A tenant whose month is not closed."""

    tenant_id: UUID
    partner_id: UUID


class PeriodStatus(NamedTuple):
    """Tenants whose month is closed, those whose is not, and calls that are still held in it."""

    period: str
    closed: int
    open: int
    holds: int


async def still_open(
    conn: Connection, period: str, end: datetime, after: UUID, limit: int, tenant_id: UUID | None = None
) -> list[OpenPeriod]:
    """Of tenants there were before the month's `end`, by id."""
    params = {"period": period, "end": end, "after": after, "limit": limit, "tenant_id": tenant_id}
    return await many(conn, OpenPeriod, OPEN, params)


async def status(conn: Connection, now: datetime, months: int) -> list[PeriodStatus]:
    """The last months that are over, newest first."""
    return await many(conn, PeriodStatus, STATUS, {"now": now, "months": months})
