"""All a tenant wrote and ran, where it is kept: the record, and the read models' rows."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from psycopg import sql
from psycopg_pool import AsyncConnectionPool

from infra.eventstore.erasing import ContentEraser
from projections.registry import PROJECTIONS
from schemas.base import TenantId

Purge = Callable[[TenantId], Awaitable[int]]

TABLES = tuple(table for one in PROJECTIONS if one.content for table in one.tables)
ROWS = sql.SQL("SELECT count(*) FROM {table} WHERE tenant_id = %s")


class TenantContent:
    """Rows are only counted: they go when their projections hear that the rest is gone. `purge` drops the
    messages that nobody could handle.
    """

    def __init__(self, pool: AsyncConnectionPool[Any], eraser: ContentEraser, purge: Purge) -> None:
        self._pool, self._eraser, self._purge = pool, eraser, purge

    async def erase(self, tenant_id: TenantId) -> Mapping[str, int]:
        await self._eraser.count(tenant_id, "dead_letters", await self._purge(tenant_id))
        rows = {table: await self._count(table, tenant_id) for table in TABLES}
        return {**await self._eraser.erase(tenant_id), **rows}

    async def _count(self, table: str, tenant_id: TenantId) -> int:
        async with self._pool.connection() as conn:
            row = await (
                await conn.execute(ROWS.format(table=sql.Identifier(table)), (tenant_id,))
            ).fetchone()
        return int(row[0]) if row else 0
