"""The read side on Postgres, filled by the projections, in place of the one in memory."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

import psycopg

from api.adapters.access import access_log
from api.adapters.audit import PostgresAudit
from api.adapters.reads import PostgresReads
from api.hosts import Hosts
from api.reads import PLATFORM_SCOPE
from api.standing import Standing
from infra.db.pools import API, VAULT, WORKER, async_pool, options
from infra.db.scope import scoped
from infra.eventstore.mapper import recorded
from infra.eventstore.postgres import PostgresEventStore
from infra.eventstore.types import Batch, Decided, OwnedPayload, Row
from infra.identity.session_feed import RevokedSessions
from projections import feed
from projections.registry import PROJECTIONS
from schemas.envelope import Recorded
from tests.api.matrix.retold import Told, told
from tests.api.world import BASE_DOMAIN, World
from tests.support.batches import row
from tests.support.ledger import KEYS, seal_all


@asynccontextmanager
async def postgres(url: str, world: World, reader: str = API) -> AsyncIterator[None]:
    """The world as it is now, in a prepared database. What the fake bus decides meanwhile is not in it."""
    await store_all(url, world)
    async with (
        async_pool(url, reader, 1, 2) as pool,
        async_pool(url, VAULT, 1, 1) as kept,
        access_log(kept, pool) as access,
    ):
        for entry in world.access.entries:
            await access.put(entry, until_written=entry is world.access.entries[-1])
        reads, audit = PostgresReads(pool), PostgresAudit(KEYS, partial(scoped, pool))
        world.app.state.deps = replace(
            world.app.state.deps,
            reads=reads,
            hosts=Hosts(BASE_DOMAIN, partial(reads.tenant_by_subdomain, PLATFORM_SCOPE)),
            standing=Standing(reads.changes_of_standing, RevokedSessions(world.vault.sessions)),
            audit=audit,
            proofs=audit,
            access=access,
        )
        yield


async def store_all(url: str, world: World) -> None:
    store = PostgresEventStore(url, pool_size=1)
    try:
        await asyncio.to_thread(store.commit, batch_of(world))
        await projected(url, store)
    finally:
        store.close()
    await seal_all(url)


def batch_of(world: World) -> Batch:
    versions, now = Counter[str](), datetime.now(UTC)
    made, partners = Batch(now), {one.id: one.partner_id for one in world.reads.tenant_rows.values()}
    for one in told(world):
        versions[one.stream] += 1
        made.rows.append(row_of(one, versions[one.stream], now))
    for tenant_id, payload in world.reads.payloads:
        made.payloads.append(OwnedPayload(tenant_id, partners[tenant_id], payload))
    for tenant_id, answer in world.reads.answers.values():
        made.decided.append(Decided(answer, "hash", "x", tenant_id, partners.get(tenant_id)))
    return made


def row_of(one: Told, version: int, now: datetime) -> Row:
    event = one.event
    kind = {
        "type": event.type_name,
        "type_version": event.type_version,
        "data": event.model_dump_json().encode(),
    }
    whose = {"tenant_id": one.tenant_id, "partner_id": one.partner_id, "message_id": uuid4()}
    return row(one.stream, version, **kind, **whose, recorded_at=now)


async def projected(url: str, store: PostgresEventStore) -> None:
    async def read_after(position: int, limit: int) -> Sequence[Recorded]:
        return [recorded(one) for one in await asyncio.to_thread(store.after, position, limit)]

    events = await read_after(0, 10_000)
    async with await psycopg.AsyncConnection.connect(url, options=options(WORKER), autocommit=True) as conn:
        reached = await feed.apply(conn, PROJECTIONS, events, 0, read_after)
        parked = await (await conn.execute("SELECT * FROM parked_streams")).fetchall()
    assert set(reached.values()) == {events[-1].position}
    assert parked == []
