"""Closed months, read from the read model once it has passed their end."""

from collections.abc import Sequence
from typing import Any

from psycopg_pool import AsyncConnectionPool

from projections import position as positions
from projections.month_totals import queries
from schemas.base import TenantId
from schemas.billing.months import MonthTotal

WAIT_SECONDS = 5.0


class NotCaughtUp(Exception):
    """The read model is behind: the event comes again later."""


class ProjectedMonths:
    """`pool`: connections that act as the worker, which sees every tenant."""

    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        self._pool = pool

    async def totals(self, tenant_id: TenantId, period: str, position: int) -> Sequence[MonthTotal]:
        if not await positions.wait_until(self._pool, ["month_totals"], position, WAIT_SECONDS):
            raise NotCaughtUp(f"month_totals has not passed position {position}")
        async with self._pool.connection() as conn:
            return await queries.of_tenant(conn, tenant_id, period)
