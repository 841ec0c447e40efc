"""Reading the record itself, no projection in between: one's own streams, or everything in order."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from infra.eventstore.mapper import recorded
from infra.eventstore.postgres import ANSWERS, EVENT_COLUMNS, decided, event_row
from infra.eventstore.types import EventStore, Payload
from schemas.envelope import Answer, Recorded

OF_STREAM = f"""
SELECT {EVENT_COLUMNS} FROM stored_events e
WHERE originator_id = %s AND notification_id > %s ORDER BY originator_version LIMIT %s"""

AT_VERSIONS = f"""
SELECT {EVENT_COLUMNS} FROM stored_events e
WHERE originator_id = %s AND originator_version = ANY(%s::bigint[])"""

PAYLOAD = "SELECT kind, content FROM payloads WHERE hash = %s LIMIT 1"


async def answer(conn: AsyncConnection[Any], message_id: UUID) -> Answer | None:
    """None: not answered yet, unknown, or another tenant's."""
    rows = await select(conn, ANSWERS, ([message_id],))
    return decided(rows[0]).answer if rows else None


async def of_stream(
    conn: AsyncConnection[Any], stream: str, after_position: int, limit: int
) -> list[Recorded]:
    rows = await select(conn, OF_STREAM, (stream, after_position, limit))
    return [recorded(event_row(row)) for row in rows]


async def at_versions(
    conn: AsyncConnection[Any], stream: str, versions: Sequence[int]
) -> dict[int, Recorded]:
    """Those of a stream's events, by version; large values are marks in them."""
    rows = await select(conn, AT_VERSIONS, (stream, list(versions)))
    found = (recorded(event_row(row)) for row in rows)
    return {event.version: event for event in found}


async def payload(conn: AsyncConnection[Any], name: str) -> Payload | None:
    """None: nobody's, another tenant's, or its month was dropped."""
    rows = await select(conn, PAYLOAD, (name,))
    return Payload(name, rows[0]["kind"], zlib.decompress(rows[0]["content"])) if rows else None


def events_after(store: EventStore) -> Callable[[int, int], Awaitable[Sequence[Recorded]]]:
    """`(position, limit)` -> the next events of all tenants."""

    async def read(position: int, limit: int) -> Sequence[Recorded]:
        return [recorded(row) for row in await asyncio.to_thread(store.after, position, limit)]

    return read


async def select(conn: AsyncConnection[Any], query: str, params: tuple[Any, ...]) -> list[dict[str, Any]]:
    async with conn.cursor(row_factory=dict_row) as cursor:
        return await (await cursor.execute(query.encode(), params)).fetchall()
