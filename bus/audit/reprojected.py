"""One pass per projection of money: its tables built anew from the events, beside those that are shown.

In a transaction that is rolled back: nobody sees the second tables, and nothing is left of them.
"""

from collections.abc import AsyncIterator, Sequence

import psycopg
from psycopg import sql

from bus.audit.findings import Finding
from infra.eventstore.mapper import recorded
from infra.eventstore.postgres import EVENT_COLUMNS, event_row
from infra.eventstore.reading import select
from projections.install import create_tables
from projections.kernel import Connection, Projection, physical
from projections.registry import PROJECTIONS
from schemas.envelope import Recorded

MONEY = tuple(projection for projection in PROJECTIONS if projection.money)
ASIDE = 1_000_000
"""A version no projection reaches."""

PAGE = 2_000
LIVE = "SELECT version, position FROM projections WHERE name = %s"
EVENTS = f"""
SELECT {EVENT_COLUMNS} FROM stored_events e
WHERE notification_id > %s AND notification_id <= %s AND topic = ANY(%s) ORDER BY notification_id LIMIT %s"""
# Where the two differ, the oldest first.
DIFFERENCE = """
SELECT to_jsonb(d) FROM (
    (TABLE {one} EXCEPT TABLE {other}) UNION (TABLE {other} EXCEPT TABLE {one})
) AS d ORDER BY position LIMIT 1"""


async def wrong_projections(owner_url: str, projections: Sequence[Projection] = MONEY) -> list[Finding]:
    found = []
    for projection in projections:
        async with await psycopg.AsyncConnection.connect(owner_url) as conn:
            await conn.set_isolation_level(psycopg.IsolationLevel.REPEATABLE_READ)
            found += [finding async for finding in differences(conn, projection)]
            await conn.rollback()
    return found


async def differences(conn: Connection, projection: Projection) -> AsyncIterator[Finding]:
    row = await (await conn.execute(LIVE, (projection.name,))).fetchone()
    version, position = row if row else (1, 0)
    await create_tables(conn, projection, ASIDE)
    await conn.execute("SET LOCAL ROLE hb_worker")
    async for page in pages(conn, projection, position):
        await projection.project(page, projection.tx(conn, ASIDE))
    for table in projection.tables:
        tables = {
            "one": sql.Identifier(physical(table, version)),
            "other": sql.Identifier(physical(table, ASIDE)),
        }
        differs = await (await conn.execute(sql.SQL(DIFFERENCE).format(**tables))).fetchone()
        if differs is not None:
            yield Finding(table, f"is not what its events make; the first row that differs: {differs[0]}")


async def pages(conn: Connection, projection: Projection, upto: int) -> AsyncIterator[list[Recorded]]:
    types, position = [event.type_name for event in projection.events], 0
    while rows := await select(conn, EVENTS, (position, upto, types, PAGE)):
        yield [recorded(event_row(row)) for row in rows]
        position = rows[-1]["notification_id"]
