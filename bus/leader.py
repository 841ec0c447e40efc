"""One active among many processes, by a Postgres advisory lock held on a connection of its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import psycopg
import structlog

from bus.ending import end

RETRY_SECONDS = 1.0
KEEPALIVE_SECONDS = 2.0

log = structlog.get_logger(__name__)


def always() -> bool:
    return True


class Unfit(Exception):
    """The leader cannot do its work: somebody else should."""


async def lead(
    database_url: str,
    lock: int,
    work: Callable[[], Awaitable[None]],
    fit: Callable[[], bool] = always,
) -> None:
    """Runs `work` while this process holds `lock`, for ever: waits its turn, starts over after an outage.

    A process that is not `fit`, say one cut off from NATS, does not lead.
    """
    while True:
        try:
            async with session(database_url) as conn:
                await _acquire(conn, lock, fit)
                await _while_connected(conn, work, fit)
        except (psycopg.Error, OSError, Unfit) as error:
            log.warning("leadership lost", lock=lock, error=repr(error))
        await asyncio.sleep(RETRY_SECONDS)


@asynccontextmanager
async def session(database_url: str) -> AsyncIterator[psycopg.AsyncConnection]:
    """Closed however it ends: with nothing to roll back there is no wait that could be cancelled."""
    conn = await psycopg.AsyncConnection.connect(database_url, autocommit=True)
    try:
        yield conn
    finally:
        await conn.close()


async def _acquire(conn: psycopg.AsyncConnection, lock: int, fit: Callable[[], bool]) -> None:
    while True:
        if fit() and await _taken(conn, lock):
            return
        await asyncio.sleep(RETRY_SECONDS)


async def _taken(conn: psycopg.AsyncConnection, lock: int) -> bool:
    row = await (await conn.execute("SELECT pg_try_advisory_lock(%s)", (lock,))).fetchone()
    return bool(row and row[0])


async def _while_connected(
    conn: psycopg.AsyncConnection, work: Callable[[], Awaitable[None]], fit: Callable[[], bool]
) -> None:
    task = asyncio.ensure_future(work())
    try:
        while not task.done():
            await asyncio.wait({task}, timeout=KEEPALIVE_SECONDS)
            await conn.execute("SELECT 1")
            if not fit():
                raise Unfit("not fit to lead now")
        await task
    finally:
        await end([task])
