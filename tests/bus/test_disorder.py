"""The drill's bad network is one: without it a green drill would say nothing about disorder."""

from collections import Counter

from bus import subjects
from bus.broker import Bus
from bus.streams import REDO, durable
from tests.bus.workers import running, until
from tests.support.disorder import DisorderlyPull

SUBJECT = subjects.redo("test", "t")
SENT = [b"%d" % number for number in range(100)]


async def test_everything_comes_some_of_it_twice_and_in_another_order(bus: Bus) -> None:
    for data in SENT:
        await bus.js.publish(SUBJECT, data)
    consumer = durable("test", [SUBJECT], 256, ack_wait=0.5)
    pull = DisorderlyPull(bus.nc, bus.js, REDO, consumer, size=10, credit=64)
    came: list[bytes] = []

    async def take() -> None:
        async for batch in pull.batches():
            for msg in batch:
                came.append(msg.data)
                await msg.ack()

    async def nothing_is_left() -> bool:
        return not (await bus.js.stream_info(REDO)).state.messages

    async with running(take()):
        await until(nothing_is_left)
    times = Counter(came)
    assert set(times) == set(SENT)
    assert max(times.values()) > 1
    assert list(times) != SENT
