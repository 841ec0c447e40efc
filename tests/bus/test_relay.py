import asyncio

import psycopg
import pytest
from nats.js.api import StreamState

from bus import codec
from bus.broker import Bus
from bus.checkpoints import Checkpoints, OutOfStep
from bus.relay import EXPECTED, Relay, subject
from bus.streams import EVENTS, durable, ensure_consumer, ensure_streams
from infra.eventstore.postgres import PostgresEventStore
from tests.bus.workers import running, until
from tests.support.batches import batch


def relay(bus: Bus, store: PostgresEventStore, url: str) -> Relay:
    return Relay(bus.nc, bus.js, store, Checkpoints(bus.js, url))


async def append(store: PostgresEventStore, streams: range) -> list[int]:
    """One event to each stream; gaps in the positions, as refused batches leave them."""
    positions: list[int] = []
    for number in streams:
        positions += await asyncio.to_thread(store.commit, batch(f"tenant-{number}", [1]))
        if number % 3 == 0:
            with pytest.raises(Exception, match="duplicate key"):
                await asyncio.to_thread(store.commit, batch(f"tenant-{number}", [1]))
    return positions


async def state(bus: Bus) -> StreamState:
    return (await bus.js.stream_info(EVENTS)).state


async def published(bus: Bus) -> list[int]:
    """Positions in the stream; each names the one before it."""
    end = await state(bus)
    found, before = [], None
    for sequence in range(end.first_seq, end.last_seq + 1):
        message = await bus.js.get_msg(EVENTS, sequence)
        event, previous = codec.decode(message.data or b"")
        assert before in (None, previous)
        before = event.position
        found.append(event.position)
    return found


async def are_published(bus: Bus, count: int) -> bool:
    return (await state(bus)).messages >= count


async def test_events_are_published_in_order_each_naming_the_one_before(
    bus: Bus, store: PostgresEventStore, database_url: str
) -> None:
    first = await append(store, range(10))
    async with running(relay(bus, store, database_url).run()):
        await until(lambda: are_published(bus, 10))
        second = await append(store, range(10, 20))
        await until(lambda: are_published(bus, 20))
    assert await published(bus) == first + second


async def test_what_a_dead_relay_published_is_not_published_again(
    bus: Bus, store: PostgresEventStore, database_url: str
) -> None:
    """It died before it saw the acknowledgement of its third message."""
    positions = await append(store, range(10))
    previous = 0
    for sequence, row in enumerate(store.after(0, 3)):
        headers = {EXPECTED: str(sequence)}
        await bus.nc.publish(subject(row), codec.encode(row, previous), headers=headers)
        previous = row.position
    async with running(relay(bus, store, database_url).run()):
        await until(lambda: are_published(bus, 10))
    assert await published(bus) == positions


async def test_two_relays_at_once_lose_and_double_nothing(
    bus: Bus, store: PostgresEventStore, database_url: str
) -> None:
    async with running(*(relay(bus, store, database_url).run() for _ in range(2))):
        positions = await append(store, range(60))
        await until(lambda: are_published(bus, 60))
        await asyncio.sleep(0.5)
    assert await published(bus) == positions


async def test_rows_handed_over_and_rows_read_come_out_the_same(
    bus: Bus, store: PostgresEventStore, database_url: str
) -> None:
    """Every third row is offered twice, every fifth not at all."""
    one = relay(bus, store, database_url)
    async with running(one.run()):
        positions: list[int] = []
        for number in range(30):
            positions += await append(store, range(number, number + 1))
            for _ in range(1 + (number % 3 == 0) - (number % 5 == 0)):
                one.offer(store.streams({f"tenant-{number}": 0}))
        await until(lambda: are_published(bus, 30))
    assert await published(bus) == positions


async def test_a_lost_stream_is_refilled_with_what_a_consumer_has_not_handled(
    bus: Bus, store: PostgresEventStore, database_url: str
) -> None:
    """`slow` has acknowledged the first three of ten, `fast` all."""
    positions = await append(store, range(10))
    for name, count in (("fast", 10), ("slow", 3)):
        await handle(bus, store, database_url, name, count)
    await save(bus, database_url, positions[-1], 10)
    await bus.js.delete_stream(EVENTS)
    async with running(relay(bus, store, database_url).run()):
        await until(lambda: lasts_at(bus, positions[-1]))
    assert await published(bus) == positions[3:]


async def lasts_at(bus: Bus, position: int) -> bool:
    try:
        end = await state(bus)
        last = await bus.js.get_msg(EVENTS, end.last_seq)
    except Exception:
        return False
    return codec.position(last.data or b"") == position


async def handle(bus: Bus, store: PostgresEventStore, url: str, name: str, count: int) -> None:
    async with running(relay(bus, store, url).run()):
        await until(lambda: are_published(bus, 10))
    await ensure_consumer(bus.js, EVENTS, durable(name, ["evt.>"], 100))
    subscription = await bus.js.pull_subscribe_bind(name, EVENTS)
    for msg in await subscription.fetch(count):
        await msg.ack_sync()
    await subscription.unsubscribe()


async def save(bus: Bus, url: str, position: int, sequence: int) -> None:
    await Checkpoints(bus.js, url).save_now_and_then(position, sequence)


async def test_a_consumer_that_has_acknowledged_nothing_keeps_its_floor(
    bus: Bus, store: PostgresEventStore, database_url: str
) -> None:
    positions = await append(store, range(10))
    await handle(bus, store, database_url, "fast", 10)
    await ensure_consumer(bus.js, EVENTS, durable("new", ["evt.>"], 100))
    await save(bus, database_url, positions[-1], 10)
    assert floors(database_url) == {"fast": positions[-1], "new": 0, "relay": positions[-1]}


async def test_no_checkpoint_is_taken_of_a_stream_made_anew(
    bus: Bus, store: PostgresEventStore, database_url: str
) -> None:
    positions = await append(store, range(10))
    await handle(bus, store, database_url, "slow", 3)
    await bus.js.delete_stream(EVENTS)
    await ensure_streams(bus.js)
    await ensure_consumer(bus.js, EVENTS, durable("slow", ["evt.>"], 100))
    before = floors(database_url)
    with pytest.raises(OutOfStep):
        await save(bus, database_url, positions[-1], 10)
    assert floors(database_url) == before


def floors(url: str) -> dict[str, int]:
    with psycopg.connect(url) as conn:
        return dict(conn.execute("SELECT consumer, position FROM checkpoints").fetchall())
