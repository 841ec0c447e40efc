"""A tenant's open runs, read from the read model once it has passed what asks."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg_pool import AsyncConnectionPool

from bus.month_table import WAIT_SECONDS, NotCaughtUp
from projections import position as positions
from projections.executions import queries
from schemas.base import TenantId


class ProjectedRuns:
    """`pool`: connections that act as the worker, which sees every tenant."""

    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        self._pool = pool

    async def open(self, tenant_id: TenantId, position: int) -> Sequence[UUID]:
        if not await positions.wait_until(self._pool, ["executions"], position, WAIT_SECONDS):
            raise NotCaughtUp(f"executions has not passed position {position}")
        async with self._pool.connection() as conn:
            return await queries.open_of(conn, tenant_id)
