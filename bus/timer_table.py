"""The timers projection, as the timers role uses it."""

from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool

from bus.timers import DueTimer

DUE = """
SELECT name, due_at, command, data, tenant_id, partner_id FROM timers
WHERE due_at <= clock_timestamp() ORDER BY due_at LIMIT %s"""

FIRED = "DELETE FROM timers WHERE (name, due_at) IN (SELECT * FROM unnest(%s::text[], %s::timestamptz[]))"


class ProjectedTimers:
    def __init__(self, pool: AsyncConnectionPool) -> None:
        self._pool = pool

    async def due(self, limit: int) -> list[DueTimer]:
        async with self._pool.connection() as conn, conn.cursor(row_factory=class_row(DueTimer)) as cursor:
            return await (await cursor.execute(DUE, (limit,))).fetchall()

    async def fired(self, timers: list[DueTimer]) -> None:
        if timers:
            async with self._pool.connection() as conn:
                await conn.execute(FIRED, ([t.name for t in timers], [t.due_at for t in timers]))
