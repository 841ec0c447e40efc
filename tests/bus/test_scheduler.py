"""Limits over real servers: whoever dies or is cut off, every queued run has its turn, and none too early."""

import asyncio
import shutil
from typing import Any
from uuid import UUID, uuid4

from bus import permissions
from bus.app import ROLES
from bus.broker import Bus
from bus.run_feed import RunFeed, loader
from bus.run_index import RunIndex
from bus.streams import EVENTS, durables
from infra.db.pools import async_pool
from infra.embedded.nats import EmbeddedNats
from infra.eventstore.mapper import recorded
from infra.eventstore.postgres import PostgresEventStore
from schemas.execution import events as e
from tests.bus.test_losing_nats import rows
from tests.bus.workers import running, until, worker
from tests.support.builders import noop, workflow
from tests.support.client import Client, Tenancy

STEPS = workflow(noop("a"))
WITHOUT_EFFECTS = tuple(role for role in ROLES if role != "effects")
LATER = ("scheduler", "effects")
AT_FIRST = tuple(role for role in ROLES if role not in LATER)
"""Nothing ends before the others come, so all that has no place waits."""

LIMIT: dict[str, Any] = {"runs_per_tenant": 2}


async def start_runs(client: Client, workflow_id: UUID, tenancy: Tenancy, count: int) -> list[UUID]:
    return [await client.start_run(workflow_id, tenancy, {}) for _ in range(count)]


def most_at_once(store: PostgresEventStore) -> int:
    busy, most = set[UUID](), 0
    for event in (recorded(row).event for row in store.after(0, 10_000)):
        if isinstance(event, e.ExecutionStarted):
            busy.add(event.execution_id)
        elif isinstance(event, e.ExecutionSucceeded):
            busy.discard(event.execution_id)
        most = max(most, len(busy))
    return most


async def all_succeeded(store: PostgresEventStore, runs: list[UUID]) -> bool:
    found = await asyncio.to_thread(store.streams, {f"execution-{run}": 0 for run in runs})
    return sum(row.type == e.ExecutionSucceeded.type_name for row in found) == len(runs)


async def test_more_runs_than_places_all_succeed_a_few_at_a_time(
    client: Client, nats: EmbeddedNats, database_url: str, store: PostgresEventStore
) -> None:
    async with worker(database_url, nats.url_of(permissions.WORKER), **LIMIT):
        tenancy = await client.provision("acme")
        steps = await client.publish(STEPS, tenancy)
        ends = await asyncio.gather(*(client.run(steps, tenancy) for _ in range(20)))
    assert {end.status for end in ends} == {"succeeded"}
    assert most_at_once(store) == 2


async def test_a_scheduler_that_comes_later_begins_what_waits(
    client: Client, nats: EmbeddedNats, database_url: str, store: PostgresEventStore
) -> None:
    async with worker(database_url, nats.url_of(permissions.WORKER), AT_FIRST, **LIMIT):
        tenancy = await client.provision("acme")
        runs = await start_runs(client, await client.publish(STEPS, tenancy), tenancy, 6)
        async with worker(database_url, nats.url_of(permissions.WORKER), LATER, **LIMIT):
            await until(lambda: all_succeeded(store, runs))
    assert most_at_once(store) == 2


async def test_a_decider_that_starts_anew_knows_who_runs(
    client: Client, nats: EmbeddedNats, database_url: str
) -> None:
    async with worker(database_url, nats.url_of(permissions.WORKER), WITHOUT_EFFECTS, **LIMIT):
        tenancy = await client.provision("acme")
        steps = await client.publish(STEPS, tenancy)
        await start_runs(client, steps, tenancy, 2)
    async with worker(database_url, nats.url_of(permissions.WORKER), WITHOUT_EFFECTS, **LIMIT):
        [third] = await start_runs(client, steps, tenancy, 1)
        await until(lambda: waiting(database_url, third))


async def waiting(url: str, run: UUID) -> list[Any]:
    return await rows(url, "SELECT FROM run_queue WHERE execution_id = %s AND NOT started", run)


async def test_queued_runs_are_begun_after_all_data_of_nats_were_lost(
    client: Client, nats: EmbeddedNats, database_url: str, store: PostgresEventStore
) -> None:
    async with worker(database_url, nats.url_of(permissions.WORKER), WITHOUT_EFFECTS, **LIMIT):
        tenancy = await client.provision("acme")
        runs = await start_runs(client, await client.publish(STEPS, tenancy), tenancy, 5)
        await until(lambda: waiting(database_url, runs[-1]))
        await nats.stop()
        shutil.rmtree(nats.data / "jetstream")
        await nats.start()
        async with worker(database_url, nats.url_of(permissions.WORKER), ("effects",), **LIMIT):
            await until(lambda: all_succeeded(store, runs))
    assert most_at_once(store) == 2


async def test_an_index_looks_again_when_its_consumer_is_gone(
    bus: Bus, store: PostgresEventStore, database_url: str
) -> None:
    index, looks = RunIndex(), []
    async with async_pool(database_url, "hb_worker") as pool:
        load = loader(pool, store)

        async def counted() -> Any:
            looks.append(uuid4())
            return await load()

        feed = RunFeed(bus.nc, bus.js, counted, index)
        async with running(feed.run()):
            await feed.ready.wait()
            [consumer] = await bus.js.consumers_info(EVENTS)
            assert await durables(bus.js, EVENTS) == []
            await bus.js.delete_consumer(EVENTS, consumer.name)
            await until(lambda: looked(looks, 2))


async def looked(looks: list[UUID], count: int) -> bool:
    return len(looks) >= count
