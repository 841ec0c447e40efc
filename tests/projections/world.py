"""`given(events)` applies them as the worker does; `rows(...)` is what came of it."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from uuid import UUID, uuid4

import psycopg
from psycopg import AsyncConnection, sql
from psycopg.rows import dict_row
from pydantic_core import to_json

from projections import feed
from projections.kernel import Projection, physical
from projections.registry import PROJECTIONS
from schemas.base import Event, PartnerId, TenantId
from schemas.envelope import Recorded

EPOCH = datetime(2026, 9, 1, 12, tzinfo=UTC)
TENANT = TenantId(UUID("11111111-1111-4111-8111-111111111111"))
OTHER_TENANT = TenantId(UUID("22222222-2222-4222-8222-222222222222"))
PARTNER = PartnerId(UUID("33333333-3333-4333-8333-333333333333"))
OTHER_PARTNER = PartnerId(UUID("44444444-4444-4444-8444-444444444444"))

STORE = """
INSERT INTO stored_events (originator_id, originator_version, topic, state, notification_id, type_version,
    tenant_id, partner_id, actor, message_id, correlation_id, recorded_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""

HAND_OVER = """
DO $$ DECLARE name text; BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'new_owner') THEN CREATE ROLE new_owner; END IF;
    GRANT hb_worker, hb_api TO new_owner;
    GRANT CREATE ON SCHEMA public TO new_owner;
    FOR name IN SELECT relname FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v') LOOP
        EXECUTE format('ALTER TABLE %I OWNER TO new_owner', name);
    END LOOP;
END $$
"""


class World:
    """A store in memory (and in `stored_events`, when asked), and connections to the database."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.log: list[Recorded] = []
        self.stack = AsyncExitStack()
        self.conn: AsyncConnection[Any]

    async def __aenter__(self) -> Self:
        self.conn = await self.connection("hb_worker")
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.stack.aclose()

    async def clear(self) -> None:
        """Triggers off, or entries and events could not be deleted."""
        tables = [physical(table, 1) for projection in PROJECTIONS for table in projection.tables]
        async with await self.connect() as conn:
            await conn.execute("SET LOCAL session_replication_role = replica")
            for table in [*tables, "stored_events", "parked_streams"]:
                await conn.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            await conn.execute("UPDATE projections SET position = 0, status = 'live', error = NULL")

    async def connect(self) -> AsyncConnection[Any]:
        """As the owner of the tables."""
        return await AsyncConnection.connect(self.url)

    async def owned_by(self, role: str) -> Callable[[], Awaitable[AsyncConnection[Any]]]:
        """Hands every table and view to an ordinary role; returns how to connect as it."""
        async with await self.connect() as conn:
            await conn.execute(HAND_OVER.replace("new_owner", role).encode())
        return lambda: AsyncConnection.connect(self.url, options=f"-c role={role}")

    async def connection(self, role: str) -> AsyncConnection[Any]:
        conn = await AsyncConnection.connect(self.url, options=f"-c role={role}", autocommit=True)
        return await self.stack.enter_async_context(conn)

    def record(
        self, stream: str, *events: Event, tenant: TenantId = TENANT, partner: PartnerId | None = PARTNER
    ) -> list[Recorded]:
        """Append to the store. Positions have holes, as a sequence in Postgres does."""
        made = [self.one(stream, event, index, tenant, partner) for index, event in enumerate(events)]
        self.log.extend(made)
        return made

    def one(
        self, stream: str, event: Event, index: int, tenant: TenantId, partner: PartnerId | None
    ) -> Recorded:
        count = len(self.log) + index + 1
        version = 1 + index + sum(1 for recorded in self.log if recorded.stream == stream)
        at = EPOCH + timedelta(seconds=count)
        ids = (uuid4(), uuid4())
        return Recorded(2 * count, stream, version, tenant, partner, "system:test", *ids, at, None, event)

    async def read_after(self, position: int, limit: int) -> Sequence[Recorded]:
        return [recorded for recorded in self.log if recorded.position > position][:limit]

    async def read_stream(self, stream: str, position: int) -> Sequence[Recorded]:
        return [r for r in self.log if r.stream == stream and r.position > position]

    async def given(self, events: Sequence[Recorded], *projections: Projection) -> dict[str, int]:
        previous = max((r.position for r in self.log if r.position < events[0].position), default=0)
        chosen = projections or PROJECTIONS
        return await feed.apply(self.conn, chosen, events, previous, self.read_after)

    async def rows(self, table: str, order: str = "position") -> list[dict[str, Any]]:
        """As an operator sees them: through the view, as `hb_api`, with the platform's scope."""
        conn = await psycopg.AsyncConnection.connect(self.url, options="-c role=hb_api -c app.scope=platform")
        async with conn, conn.cursor(row_factory=dict_row) as cursor:
            query = sql.SQL("SELECT * FROM {} ORDER BY {}").format(
                sql.Identifier(table), sql.Identifier(order)
            )
            return await (await cursor.execute(query)).fetchall()

    async def everything(self, *tables: str) -> dict[str, list[dict[str, Any]]]:
        return {table: sorted(await self.rows(table), key=str) for table in tables}

    async def store(self) -> None:
        """Write the log to `stored_events`, for what reads it there."""
        async with await self.connect() as conn, conn.cursor() as cursor:
            await cursor.executemany(STORE, [stored(recorded) for recorded in self.log])


def stored(r: Recorded) -> tuple[Any, ...]:
    data = to_json(r.event)
    event = type(r.event)
    place = (r.stream, r.version, event.type_name, data, r.position, event.type_version)
    return (*place, r.tenant_id, r.partner_id, r.actor, r.message_id, r.correlation_id, r.recorded_at)
