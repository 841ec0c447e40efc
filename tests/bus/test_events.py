"""Policies and effects: an event is handled until its consequences are stored, and by whom."""

import asyncio
from typing import Any

from nats.js.errors import NotFoundError

from bus import codec, dead_letters, subjects
from bus.broker import Bus
from bus.effect_consumer import EffectConsumer
from bus.heartbeat import Heartbeat
from bus.policy_consumer import PolicyConsumer
from bus.publisher import Submitter
from bus.streams import EVENTS
from contexts.kernel import Effect, Policy
from infra.eventstore.postgres import PostgresEventStore
from infra.eventstore.types import Row
from schemas.base import Command
from schemas.envelope import Recorded
from schemas.execution.events import StepSucceeded
from schemas.tenancy.events import TenantActivated
from tests.bus.workers import SHORT, listed, running, until
from tests.support.batches import batch, batch_of

AT_A_TIME = 4
EACH_ASKS_FOR = 2 * AT_A_TIME


class Seen:
    """A policy, or an effect, that notes what it is given; a broken one is a defect."""

    def __init__(self, broken: bool = False) -> None:
        self.broken = broken
        self.begun: list[str] = []
        self.ended: list[str] = []
        self.lost: list[str] = []
        self.go_on = asyncio.Event()

    def react(self, event: Any, recorded: Recorded) -> list[Command]:
        self.begun.append(recorded.ref)
        if self.broken:
            raise ZeroDivisionError("a defect")
        return []

    async def perform(self, event: Any, recorded: Recorded, ports: Any) -> list[Command]:
        self.react(event, recorded)
        await self.go_on.wait()
        self.ended.append(recorded.ref)
        return []

    def report(self, event: Any, recorded: Recorded) -> list[Command]:
        self.lost.append(recorded.ref)
        return []


def policies(
    bus: Bus, heartbeat: Heartbeat, store: PostgresEventStore, context: str, seen: Seen
) -> PolicyConsumer:
    listening = [Policy(f"{context}.seen", TenantActivated, seen.react)]
    return PolicyConsumer(bus.nc, bus.js, Submitter(bus.nc), context, listening, store, heartbeat, SHORT)


def harmless(event: Any, recorded: Recorded) -> None:
    """This one may be done again."""


def effects(
    bus: Bus,
    heartbeat: Heartbeat,
    store: PostgresEventStore,
    seen: Seen,
    worker: str,
    repeatable: bool = False,
) -> EffectConsumer:
    lost = harmless if repeatable else seen.report
    once = [Effect("test.seen", TenantActivated, seen.perform, lost=lost)]
    submitter = Submitter(bus.nc)
    consumer = (bus.nc, bus.js, submitter, "test", once, None, store, worker, AT_A_TIME, heartbeat, SHORT)
    return EffectConsumer(*consumer)


async def happens(bus: Bus, store: PostgresEventStore, number: int = 1) -> str:
    """One event, stored and published; its ref."""
    written = batch(f"tenant-{number}", [1])
    await asyncio.to_thread(store.commit, written)
    [row] = await asyncio.to_thread(store.streams, {f"tenant-{number}": 0})
    await publish(bus, row)
    return f"tenant-{number}@1"


async def publish(bus: Bus, row: Row) -> None:
    subject = subjects.event(row.type, row.tenant_id, row.stream)
    await bus.js.publish(subject, codec.encode(row, row.position - 1))


async def test_who_acts_on_an_event_gets_its_large_values(
    bus: Bus, heartbeat: Heartbeat, store: PostgresEventStore
) -> None:
    large, given = {"text": "x" * 100_000}, list[Any]()

    def react(event: StepSucceeded, recorded: Recorded) -> list[Command]:
        given.append(event.output)
        return []

    async def perform(event: StepSucceeded, recorded: Recorded, ports: Any) -> list[Command]:
        return react(event, recorded)

    policy = [Policy("test.seen", StepSucceeded, react)]
    effect = [Effect("test.seen", StepSucceeded, perform)]
    submitter = Submitter(bus.nc)
    consumers = (
        PolicyConsumer(bus.nc, bus.js, submitter, "test", policy, store, heartbeat, SHORT),
        EffectConsumer(bus.nc, bus.js, submitter, "test", effect, None, store, "a", 4, heartbeat, SHORT),
    )
    [position] = await asyncio.to_thread(store.commit, batch_of("execution-1", [large]))
    [row] = await asyncio.to_thread(store.after, position - 1, 1)
    async with running(*(consumer.run() for consumer in consumers)):
        await publish(bus, row)
        await listed(given, 2)
    assert len(row.data) < 400
    assert given == [large, large]


async def test_an_event_retried_goes_to_the_consumer_that_failed_only(
    bus: Bus, heartbeat: Heartbeat, store: PostgresEventStore
) -> None:
    broken, whole = Seen(broken=True), Seen()
    one, two = policies(bus, heartbeat, store, "one", broken), policies(bus, heartbeat, store, "two", whole)
    async with running(one.run(), two.run()):
        ref = await happens(bus, store)
        [letter] = await until(lambda: dead_letters.listing(bus.js))
        assert (letter.consumer, letter.error) == ("policies-one", "ZeroDivisionError: a defect")
        assert broken.begun == [ref, ref]

        broken.broken = False
        await dead_letters.retry(bus.nc, bus.js, letter)
        await listed(broken.begun, 3)
        await until(lambda: nothing_left(bus, "REDO"))
    assert await dead_letters.listing(bus.js) == []
    assert whole.begun == [ref]


async def nothing_left(bus: Bus, stream: str) -> bool:
    return (await bus.js.stream_info(stream)).state.messages == 0


async def test_what_is_no_event_becomes_a_dead_letter(
    bus: Bus, heartbeat: Heartbeat, store: PostgresEventStore
) -> None:
    seen = Seen()
    subject = subjects.event(TenantActivated.type_name, batch("t", [1]).rows[0].tenant_id, "tenant-9")
    bodies = [b"not json", b"[1]", b"{}"]
    for body in bodies:
        await bus.js.publish(subject, body)
    async with running(policies(bus, heartbeat, store, "one", seen).run()):
        await happens(bus, store)
        await listed(seen.begun)
        letters = await dead_letters.listing(bus.js)
    assert sorted(letter.payload for letter in letters) == sorted(bodies)


async def test_an_effect_whose_worker_is_gone_is_reported_lost(
    bus: Bus, heartbeat: Heartbeat, store: PostgresEventStore
) -> None:
    gone, heir = Seen(), Seen()
    async with running(effects(bus, heartbeat, store, gone, "gone").run()):
        ref = await happens(bus, store)
        await listed(gone.begun)
    async with running(effects(bus, heartbeat, store, heir, "heir").run()):
        await listed(heir.lost)
    assert (heir.lost, heir.begun, gone.ended) == ([ref], [], [])


async def test_an_effect_that_may_be_repeated_is_done_again(
    bus: Bus, heartbeat: Heartbeat, store: PostgresEventStore
) -> None:
    gone, heir = Seen(), Seen()
    heir.go_on.set()
    async with running(effects(bus, heartbeat, store, gone, "gone", repeatable=True).run()):
        ref = await happens(bus, store)
        await listed(gone.begun)
    async with running(effects(bus, heartbeat, store, heir, "heir", repeatable=True).run()):
        await listed(heir.ended)
    assert (heir.ended, gone.ended) == ([ref], [])


async def test_long_work_is_not_given_to_another_worker(
    bus: Bus, heartbeat: Heartbeat, store: PostgresEventStore
) -> None:
    busy, idle = Seen(), Seen()
    async with running(effects(bus, heartbeat, store, busy, "busy").run()):
        ref = await happens(bus, store)
        await listed(busy.begun)
        async with running(effects(bus, heartbeat, store, idle, "idle").run()):
            await asyncio.sleep(SHORT.ack_wait * 1.5)
            busy.go_on.set()
            await listed(busy.ended)
    assert (busy.begun, busy.ended, busy.lost) == ([ref], [ref], [])
    assert (idle.begun, idle.lost) == ([], [])


async def test_workers_add_up(bus: Bus, heartbeat: Heartbeat, store: PostgresEventStore) -> None:
    seen = Seen()
    workers = [effects(bus, heartbeat, store, seen, name) for name in ("a", "b", "c")]
    async with running(*(worker.run() for worker in workers)):
        await until(lambda: all_ask(bus, len(workers)))
        for number in range(3 * EACH_ASKS_FOR):
            await happens(bus, store, number)
        await listed(seen.begun, 3 * AT_A_TIME)
        seen.go_on.set()
        await listed(seen.ended, 3 * EACH_ASKS_FOR)


async def all_ask(bus: Bus, workers: int) -> bool:
    """Else the first ones there take what the last one is to have."""
    try:
        waiting: int | None = (await bus.js.consumer_info(EVENTS, "effects-test")).num_waiting
        return waiting == workers
    except NotFoundError:
        return False


async def test_a_second_delivery_of_what_is_being_done_is_ignored(
    bus: Bus, heartbeat: Heartbeat, store: PostgresEventStore
) -> None:
    seen = Seen()
    async with running(effects(bus, heartbeat, store, seen, "worker").run()):
        ref = await happens(bus, store)
        await listed(seen.begun)
        await publish(bus, store.event("tenant-1", 1))
        await happens(bus, store, number=2)
        await listed(seen.begun, 2)
        assert seen.lost == []
        seen.go_on.set()
        await listed(seen.ended, 2)
    assert seen.begun == [ref, "tenant-2@1"]
