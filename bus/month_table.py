"""Closed months, read from the read model once it has passed their end."""

from collections.abc import Sequence
from typing import Any

from psycopg_pool import AsyncConnectionPool

from bus.caught_up import caught_up
from projections.month_totals import queries
from schemas.base import TenantId
from schemas.billing.months import MonthTotal


class ProjectedMonths:
    """`pool`: connections that act as the worker, which sees every tenant."""

    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        self._pool = pool

    async def totals(self, tenant_id: TenantId, period: str, position: int) -> Sequence[MonthTotal]:
        async with caught_up(self._pool, "month_totals", position) as conn:
            return await queries.of_tenant(conn, tenant_id, period)
