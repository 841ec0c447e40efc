"""A connection to read models that have passed what asks: it would not find itself in them otherwise."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from projections import position as positions

WAIT_SECONDS = 5.0


class NotCaughtUp(Exception):
    """The read model is behind: the event comes again later."""


@asynccontextmanager
async def caught_up(
    pool: AsyncConnectionPool[Any], projection: str, position: int
) -> AsyncIterator[AsyncConnection[Any]]:
    """Raises NotCaughtUp."""
    if not await positions.wait_until(pool, [projection], position, WAIT_SECONDS):
        raise NotCaughtUp(f"{projection} has not passed position {position}")
    async with pool.connection() as conn:
        yield conn
