"""Connections that act as the vault's role: `infra.db.pools.async_pool(url, VAULT)`."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

Pool = AsyncConnectionPool[AsyncConnection[Any]]
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


async def first(pool: Pool, query: str, params: dict[str, Any]) -> tuple[Any, ...] | None:
    """The first row of one statement, in a transaction of its own."""
    async with pool.connection() as conn:
        row: tuple[Any, ...] | None = await (await conn.execute(query, params)).fetchone()
        return row


async def changed(pool: Pool, query: str, params: dict[str, Any]) -> int:
    """How many rows one statement changed."""
    async with pool.connection() as conn:
        return (await conn.execute(query, params)).rowcount
