"""NATS may lose everything: Postgres is the record, and what was begun is finished."""

import asyncio
import shutil
from typing import Any
from uuid import UUID

import psycopg

from bus import permissions
from bus.app import ROLES
from bus.broker import Bus
from bus.streams import EVENTS
from infra.embedded.nats import EmbeddedNats
from infra.eventstore.postgres import PostgresEventStore
from tests.bus.workers import until, worker
from tests.support.builders import noop, workflow
from tests.support.client import Client

STEPS = workflow(noop("a"), noop("b"), edges=[("a", "b")])
WITHOUT_EFFECTS = tuple(role for role in ROLES if role != "effects")


async def test_a_deleted_event_stream_is_refilled_and_work_goes_on(
    client: Client, bus: Bus, nats: EmbeddedNats, database_url: str
) -> None:
    async with worker(database_url, nats.url_of(permissions.WORKER)):
        tenancy = await client.provision("acme")
        steps = await client.publish(STEPS, tenancy)
        assert (await client.run(steps, tenancy)).status == "succeeded"
        await bus.js.delete_stream(EVENTS)
        assert (await client.run(steps, tenancy)).status == "succeeded"


async def test_a_run_begun_before_all_data_of_nats_were_lost_is_finished(
    client: Client, nats: EmbeddedNats, database_url: str, store: PostgresEventStore
) -> None:
    async with worker(database_url, nats.url_of(permissions.WORKER)):
        tenancy = await client.provision("acme")
        steps = await client.publish(STEPS, tenancy)
        assert (await client.run(steps, tenancy)).status == "succeeded"
    async with worker(database_url, nats.url_of(permissions.WORKER), WITHOUT_EFFECTS):
        run = await client.start_run(steps, tenancy, {})
        await until(lambda: projected(database_url, run))
        await nats.stop()
        shutil.rmtree(nats.data / "jetstream")
        await nats.start()
        async with worker(database_url, nats.url_of(permissions.WORKER), ("effects",)):
            await until(lambda: succeeded(store, run))


async def projected(url: str, run: UUID) -> bool:
    return bool(await rows(url, "SELECT FROM executions WHERE id = %s", run))


async def rows(url: str, query: str, *params: Any) -> list[Any]:
    async with await psycopg.AsyncConnection.connect(url) as conn:
        return await (await conn.execute(query.encode(), params)).fetchall()


async def succeeded(store: PostgresEventStore, run: UUID) -> bool:
    found = await asyncio.to_thread(store.streams, {f"execution-{run}": 0})
    return any(row.type == "execution.execution.succeeded" for row in found)


async def test_a_timer_fires_once_with_two_workers(
    client: Client, nats: EmbeddedNats, database_url: str
) -> None:
    async with (
        worker(database_url, nats.url_of(permissions.WORKER), WITHOUT_EFFECTS),
        worker(database_url, nats.url_of(permissions.WORKER), WITHOUT_EFFECTS),
    ):
        tenancy = await client.provision("acme")
        run = await client.start_run(await client.publish(STEPS, tenancy), tenancy, {})
        await until(lambda: projected(database_url, run))
        await until(lambda: set_for_run_and_step(database_url))
        await make_due(database_url)
        await until(lambda: fired(database_url))
        await asyncio.sleep(1)
        expired = "SELECT FROM commands WHERE type = 'execution.execution.expire'"
        assert len(await rows(database_url, expired)) == 1


async def set_for_run_and_step(url: str) -> bool:
    return len(await rows(url, "SELECT FROM timers")) == 2


async def make_due(url: str) -> None:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as conn:
        await conn.execute("UPDATE timers_v1 SET due_at = clock_timestamp()")


async def fired(url: str) -> bool:
    return not await rows(url, "SELECT FROM timers")
