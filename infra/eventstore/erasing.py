"""What a tenant wrote and ran goes from the record: its events become tombstones, all beside them goes."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool
from pydantic_core import from_json

from infra.eventstore.payloads import PREFIX, markers
from schemas.base import TenantId

Connection = AsyncConnection[Any]
ForgetLetters = Callable[[Collection[UUID]], Awaitable[int]]

POSITIONS = 2_000
"""Looked through at a time: whoever appends waits for no more than that."""

BOUNDS = """
SELECT coalesce(min(notification_id), 1), (SELECT coalesce(max(notification_id), 0) FROM stored_events)
FROM stored_events WHERE originator_id = %s"""
WITHIN = "notification_id >= %(first)s AND notification_id < %(beyond)s AND tenant_id = %(tenant_id)s"
# What stays in the record keeps what it refers to.
KEPT = f"""
SELECT convert_from(state, 'UTF8') FROM stored_events
WHERE {WITHIN} AND NOT is_content(topic) AND position(%(sign)s::bytea IN state) > 0"""
LETTERS = f"""
SELECT DISTINCT originator_id FROM stored_events WHERE {WITHIN} AND topic LIKE 'notifications.%%'"""
EVENTS = f"""
UPDATE stored_events SET topic = 'tenancy.content.erased' WHERE {WITHIN} AND is_content(topic)"""
MONTHS = "SELECT DISTINCT month FROM payloads WHERE tenant_id = %s"
PAYLOADS = "DELETE FROM payloads WHERE tenant_id = %s AND month = %s AND NOT hash = ANY(%s)"
SNAPSHOTS = """
DELETE FROM snapshots WHERE tenant_id = %s AND split_part(stream, '-', 1) IN ('execution', 'trigger')"""
REFUSALS = """
UPDATE commands SET refusal = ''
WHERE tenant_id = %s AND is_content(type) AND readable(refusal) ->> 'detail' <> 'erased'"""
COUNT = """
INSERT INTO erased_content AS known (tenant_id, what, number) VALUES (%s, %s, %s)
ON CONFLICT (tenant_id, what) DO UPDATE SET number = known.number + excluded.number"""
COUNTED = "SELECT what, number FROM erased_content WHERE tenant_id = %s"


class ContentEraser:
    """On a pool that acts as the eraser's role. `forget` drops letters kept by their ids.

    Broken off anywhere it is done again: what is gone is not counted twice, nor forgotten to be counted.
    """

    def __init__(self, pool: AsyncConnectionPool[Connection], forget: ForgetLetters) -> None:
        self._pool, self._forget = pool, forget

    async def erase(self, tenant_id: TenantId) -> Mapping[str, int]:
        async with self._pool.connection() as conn:
            kept: set[str] = set()
            async for part in parts(conn, tenant_id):
                kept |= {
                    name for (text,) in await rows(conn, KEPT, part) for name in markers(from_json(text))
                }
                await self._letters(conn, part)
                await counted(conn, tenant_id, "events", EVENTS, part)
            for (month,) in await rows(conn, MONTHS, (tenant_id,)):
                await counted(conn, tenant_id, "payloads", PAYLOADS, (tenant_id, month, list(kept)))
            await counted(conn, tenant_id, "snapshots", SNAPSHOTS, (tenant_id,))
            await counted(conn, tenant_id, "refusals", REFUSALS, (tenant_id,))
            return dict(await rows(conn, COUNTED, (tenant_id,)))

    async def count(self, tenant_id: TenantId, what: str, number: int) -> None:
        """What went elsewhere."""
        async with self._pool.connection() as conn:
            await conn.execute(COUNT, (tenant_id, what, number))

    async def _letters(self, conn: Connection, part: Mapping[str, Any]) -> None:
        """Before their events: these say which they are."""
        streams = [stream for (stream,) in await rows(conn, LETTERS, part)]
        gone = await self._forget([UUID(stream.partition("-")[2]) for stream in streams]) if streams else 0
        await conn.execute(COUNT, (part["tenant_id"], "kept_letters", gone))


async def parts(conn: Connection, tenant_id: TenantId) -> AsyncIterator[Mapping[str, Any]]:
    """The record from the tenant's first event on, a stretch at a time."""
    [(start, last)] = await rows(conn, BOUNDS, (f"tenant-{tenant_id}",))
    for first in range(start, last + 1, POSITIONS):
        yield {
            "first": first,
            "beyond": first + POSITIONS,
            "tenant_id": tenant_id,
            "sign": PREFIX.encode(),
        }


async def counted(conn: Connection, tenant_id: TenantId, what: str, query: str, params: Any) -> None:
    async with conn.transaction():
        touched = (await conn.execute(query.encode(), params)).rowcount
        await conn.execute(COUNT, (tenant_id, what, touched))


async def rows(conn: Connection, query: str, params: Any) -> list[Any]:
    return await (await conn.execute(query.encode(), params)).fetchall()
