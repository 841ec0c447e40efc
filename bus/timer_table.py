"""The timers projection, as the timers role uses it."""

from datetime import UTC, datetime

from psycopg_pool import AsyncConnectionPool

from projections.timers import queries
from projections.timers.queries import Timer


class ProjectedTimers:
    def __init__(self, pool: AsyncConnectionPool) -> None:
        self._pool = pool

    async def due(self, limit: int) -> list[Timer]:
        async with self._pool.connection() as conn:
            return await queries.due(conn, datetime.now(UTC), limit)

    async def fired(self, timers: list[Timer]) -> None:
        if timers:
            async with self._pool.connection() as conn:
                await queries.fired(conn, [(timer.name, timer.due_at) for timer in timers])
