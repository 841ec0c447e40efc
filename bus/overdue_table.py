"""The projections of runs and triggers, as the reconciler reads them."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from psycopg_pool import AsyncConnectionPool

from bus.start_answers import why_refused
from infra.eventstore.types import EventStore
from projections.executions import overdue
from projections.executions.overdue import IdleRun, OverdueRun, OverdueStep, Reinstated
from projections.triggers.overdue import PendingStart, pending


class ProjectedOverdue:
    def __init__(self, pool: AsyncConnectionPool, store: EventStore) -> None:
        self._pool, self._store = pool, store

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

    async def starts(self, before: datetime, after: PendingStart, limit: int) -> Sequence[PendingStart]:
        async with self._pool.connection() as conn:
            found = await pending(conn, before, after, limit)
        return await asyncio.to_thread(lambda: [self._answered(start) for start in found])

    def _answered(self, start: PendingStart) -> PendingStart:
        return start._replace(refused=why_refused(self._store, start.event_position))
