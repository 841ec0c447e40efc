import asyncio

from nats.js.errors import NotFoundError

from bus import subjects
from bus.broker import Bus
from bus.pull import Pull
from bus.streams import REDO, durable
from infra.embedded.nats import EmbeddedNats
from tests.bus.workers import listed, running, until

SUBJECT = subjects.redo("test", "t")


class Taker:
    """Takes batches and acknowledges them."""

    def __init__(self, bus: Bus, size: int = 256) -> None:
        consumer = durable("test", [SUBJECT], 64)
        self.pull = Pull(bus.nc, bus.js, REDO, consumer, size=size, credit=64)
        self.batches: list[list[bytes]] = []
        self.messages: list[bytes] = []

    async def run(self) -> None:
        async for batch in self.pull.batches():
            self.batches.append([msg.data for msg in batch])
            self.messages += [msg.data for msg in batch]
            for msg in batch:
                await msg.ack()


async def test_a_lone_message_does_not_wait_for_others(bus: Bus) -> None:
    taker = Taker(bus)
    async with running(taker.run()):
        for number in range(3):
            await bus.js.publish(SUBJECT, b"%d" % number)
            await listed(taker.messages, number + 1)
    assert taker.batches == [[b"0"], [b"1"], [b"2"]]


async def test_what_is_there_is_taken_in_batches_of_bounded_size(bus: Bus) -> None:
    sent = [b"%d" % number for number in range(100)]
    for data in sent:
        await bus.js.publish(SUBJECT, data)
    taker = Taker(bus, size=10)
    async with running(taker.run()):
        await listed(taker.messages, 100)
    assert taker.messages == sent
    assert max(map(len, taker.batches)) <= 10
    assert len(taker.batches) < 50


async def test_it_goes_on_after_a_restart_of_the_server(bus: Bus, nats: EmbeddedNats) -> None:
    taker = Taker(bus)
    async with running(taker.run()):
        await bus.js.publish(SUBJECT, b"before")
        await listed(taker.messages)
        await nats.stop()
        await nats.start()
        await until(lambda: sent(bus, b"after"))
        await listed(taker.messages, 2)
    assert taker.messages[:2] == [b"before", b"after"]


async def sent(bus: Bus, data: bytes) -> bool:
    try:
        await bus.js.publish(SUBJECT, data)
    except (OSError, TimeoutError):
        return False
    return True


async def test_a_consumer_that_is_gone_is_made_again(bus: Bus) -> None:
    taker = Taker(bus)
    async with running(taker.run()):
        await until(lambda: exists(bus))
        await bus.js.delete_consumer(REDO, "test")
        await bus.js.publish(SUBJECT, b"after")
        await listed(taker.messages)


async def test_a_stream_that_is_gone_is_made_again(bus: Bus) -> None:
    taker = Taker(bus)
    async with running(taker.run()):
        await until(lambda: exists(bus))
        await bus.js.delete_stream(REDO)
        await until(lambda: exists(bus))
        await bus.js.publish(SUBJECT, b"after")
        await listed(taker.messages)


async def exists(bus: Bus) -> bool:
    await asyncio.sleep(0)
    try:
        await bus.js.consumer_info(REDO, "test")
    except NotFoundError:
        return False
    return True
