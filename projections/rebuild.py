"""Builds a projection anew beside the live one and switches when it has caught up."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import psycopg

from projections.cursors import BY_KEY, Cursor, lock
from projections.feed import advance
from projections.install import create_tables, drop_tables, point_views, shape
from projections.kernel import Connection, Projection, ReadAfter, physical

Connect = Callable[[], Awaitable[Connection]]
OnProgress = Callable[[int], None]
"""Told the position reached, after every batch."""

BATCH = 2_000
SWITCH_ATTEMPTS = 20
PAUSE_SECONDS = 0.25
# Shorter than Postgres waits before it looks for deadlocks: it is we who step back, never a reader.
SWITCH_TIMEOUTS = "SET LOCAL lock_timeout = '500ms'"
# A build that is lost starts again from nothing, so its commits need not wait for the disk.
BUILD_SETTINGS = "SET LOCAL synchronous_commit = off; SET LOCAL ROLE hb_worker"
TAKE = "SELECT pg_try_advisory_lock(hashtext('projections.rebuild'), hashtext(%s))"
LIVE_VERSION = "SELECT version FROM projections WHERE name = %s"
BEGIN = "INSERT INTO projections (name, version, status) VALUES (%s, %s, 'building')"
FORGET = "DELETE FROM projections WHERE name = %s"
FORGET_PARKED = "DELETE FROM parked_streams WHERE projection = %s"
INHERIT_PARKED = """
WITH found AS (DELETE FROM parked_streams WHERE projection = %s RETURNING stream, position, error, tenant_id)
INSERT INTO parked_streams (projection, stream, position, error, tenant_id)
SELECT %s, stream, position, error, tenant_id FROM found
"""
SWITCH = """
UPDATE projections SET version = %s, position = %s, shape = %s, status = 'live', error = NULL,
    updated_at = clock_timestamp()
WHERE name = %s
"""


class RebuildRunning(RuntimeError):
    """Somebody else is rebuilding this projection."""


class RebuildFailed(RuntimeError):
    """The projection cannot take an event of the store; the live version was left as it is."""


@dataclass
class Build:
    conn: Connection
    projection: Projection
    read_after: ReadAfter
    on_progress: OnProgress
    cursor: Cursor

    @property
    def replaced(self) -> int:
        return self.cursor.version - 1


async def rebuild(
    connect: Connect, projection: Projection, read_after: ReadAfter, on_progress: OnProgress = lambda _: None
) -> int:
    """The new live version. `connect` opens connections as the owner of the tables."""
    async with await connect() as conn:
        await conn.set_autocommit(True)
        version = await begin(conn, projection)
        name = physical(projection.name, version)
        cursor = Cursor(projection, name, version, 0, "building")
        build = Build(conn, projection, read_after, on_progress, cursor)
        await fill(build)
        await analyze(build)
        await switch_when_free(build)
        return version


async def begin(conn: Connection, projection: Projection) -> int:
    """Empty tables for the next version; what an interrupted rebuild left is dropped."""
    taken = await (await conn.execute(TAKE, (projection.name,))).fetchone()
    if taken != (True,):
        raise RebuildRunning(projection.name)
    async with conn.transaction():
        found = await (await conn.execute(LIVE_VERSION, (projection.name,))).fetchone()
        version = int((found or [0])[0]) + 1
        name = physical(projection.name, version)
        await drop_tables(conn, projection, version)
        await create_tables(conn, projection, version)
        await conn.execute(FORGET, (name,))
        await conn.execute(BEGIN, (name, version))
        async with acting_as_worker(conn):
            await conn.execute(FORGET_PARKED, (name,))
    return version


async def fill(build: Build) -> None:
    """Batch by batch, each in its own transaction, until the store has no more."""
    while True:
        async with build.conn.transaction():
            await build.conn.execute(BY_KEY)
            more = await step(build)
        build.on_progress(build.cursor.position)
        if not more:
            return


async def step(build: Build) -> bool:
    """One batch as the worker; True when there may be more."""
    events = await build.read_after(build.cursor.position, BATCH)
    async with acting_as_worker(build.conn):
        await advance(build.conn, [build.cursor], events)
    if build.cursor.status == "stopped":
        raise RebuildFailed(build.cursor.error)
    return len(events) == BATCH


@asynccontextmanager
async def acting_as_worker(conn: Connection) -> AsyncIterator[None]:
    """No policy lets the owner of these tables see their rows."""
    await conn.execute(BUILD_SETTINGS)
    yield
    await conn.execute("SET LOCAL role TO DEFAULT; SET LOCAL synchronous_commit TO DEFAULT")


async def analyze(build: Build) -> None:
    for table in build.projection.tables:
        name = psycopg.sql.Identifier(physical(table, build.cursor.version))
        await build.conn.execute(psycopg.sql.SQL("ANALYZE {}").format(name))


async def switch_when_free(build: Build) -> None:
    """Readers hold the views for as long as their transactions last: try between them."""
    for _ in range(SWITCH_ATTEMPTS - 1):
        position = build.cursor.position
        try:
            return await switch(build)
        except psycopg.errors.LockNotAvailable:
            build.cursor.position = position
            await asyncio.sleep(PAUSE_SECONDS)
    return await switch(build)


async def switch(build: Build) -> None:
    """Under the cursor's lock: catch up, then names, version and cursor change in one commit."""
    projection, cursor, conn = build.projection, build.cursor, build.conn
    async with conn.transaction():
        await conn.execute(SWITCH_TIMEOUTS)
        [live] = await lock(conn, [projection])
        while await step(build) or cursor.position < live.position:
            pass
        await point_views(conn, projection, cursor.version)
        await inherit_parked(build)
        await conn.execute(SWITCH, (cursor.version, cursor.position, shape(projection), projection.name))
        await conn.execute(FORGET, (cursor.name,))
        await drop_tables(conn, projection, build.replaced)
    build.on_progress(cursor.position)


async def inherit_parked(build: Build) -> None:
    """What the new version could not take replaces what the old one could not."""
    live, built = build.projection.name, build.cursor.name
    async with acting_as_worker(build.conn):
        await build.conn.execute(FORGET_PARKED, (live,))
        await build.conn.execute(INHERIT_PARKED, (built, live))
