"""The read model of closed months, as the closer uses it."""

from datetime import datetime
from uuid import UUID

from psycopg_pool import AsyncConnectionPool

from projections.periods import queries
from projections.periods.queries import OpenPeriod


class ProjectedPeriods:
    def __init__(self, pool: AsyncConnectionPool) -> None:
        self._pool = pool

    async def still_open(self, period: str, end: datetime, after: UUID, limit: int) -> list[OpenPeriod]:
        async with self._pool.connection() as conn:
            return await queries.still_open(conn, period, end, after, limit)
