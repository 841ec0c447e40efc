"""The executions projection, as the reconciler reads it."""

from datetime import datetime

from psycopg_pool import AsyncConnectionPool

from projections.executions import overdue
from projections.executions.overdue import IdleRun, OverdueRun, OverdueStep, Reinstated


class ProjectedOverdue:
    def __init__(self, pool: AsyncConnectionPool) -> None:
        self._pool = pool

    async def steps(self, before: datetime, after: OverdueStep, limit: int) -> list[OverdueStep]:
        async with self._pool.connection() as conn:
            return await overdue.steps(conn, before, after, limit)

    async def runs(self, before: datetime, after: OverdueRun, limit: int) -> list[OverdueRun]:
        async with self._pool.connection() as conn:
            return await overdue.runs(conn, before, after, limit)

    async def idle(self, before: datetime, after: IdleRun, limit: int) -> list[IdleRun]:
        async with self._pool.connection() as conn:
            return await overdue.idle(conn, before, after, limit)

    async def reinstated(self, after: Reinstated, limit: int) -> list[Reinstated]:
        async with self._pool.connection() as conn:
            return await overdue.reinstated(conn, after, limit)
