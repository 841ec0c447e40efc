"""A tenant's open runs, read from the read model once it has passed what asks."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg_pool import AsyncConnectionPool

from bus.caught_up import caught_up
from projections.executions import queries
from schemas.base import TenantId


class ProjectedRuns:
    """`pool`: connections that act as the worker, which sees every tenant."""

    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        self._pool = pool

    async def open(self, tenant_id: TenantId, position: int) -> Sequence[UUID]:
        async with caught_up(self._pool, "executions", position) as conn:
            return await queries.open_of(conn, tenant_id)
