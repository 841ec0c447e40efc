from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from projections.kernel import Connection
from projections.reading import many

DUE = """
SELECT name, due_at, command, data, tenant_id, partner_id FROM timers
WHERE due_at <= %(now)s ORDER BY due_at, name LIMIT %(limit)s
"""
# By name and time: one that was set anew meanwhile is another timer.
FIRED = """
DELETE FROM timers USING unnest(%s::text[], %s::timestamptz[]) AS f (name, due_at)
WHERE timers.name = f.name AND timers.due_at = f.due_at
"""


class Timer(NamedTuple):
    name: str
    due_at: datetime
    command: str
    data: dict[str, Any]
    tenant_id: UUID
    partner_id: UUID | None


async def due(conn: Connection, now: datetime, limit: int) -> list[Timer]:
    return await many(conn, Timer, DUE, {"now": now, "limit": limit})


async def fired(conn: Connection, timers: Sequence[tuple[str, datetime]]) -> None:
    """Removes `(name, due_at)`. A rebuild may bring one back: fired again, it gets the same answer."""
    names, times = [name for name, _ in timers], [at for _, at in timers]
    await conn.execute(FIRED, (names, times))
