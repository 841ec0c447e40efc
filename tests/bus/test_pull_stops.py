import asyncio
from contextlib import aclosing

from bus.broker import Bus, connected
from bus.pull import Pull
from bus.streams import REDO, durable, ensure_streams

SUBJECT = "redo.pull_stops"
MESSAGES = 40
AT_ONCE_SECONDS = 5.0


def pull(bus: Bus) -> Pull:
    return Pull(bus.nc, bus.js, REDO, durable("pull_stops", [SUBJECT], 100), size=10, credit=100)


async def test_what_a_stopped_worker_had_in_hand_is_delivered_again_at_once(nats_url: str) -> None:
    """One batch taken, one message of it done, the rest fetched ahead: nobody waits for ACK_WAIT_SECONDS."""
    async with connected(nats_url, "test") as bus:
        await ensure_streams(bus.js)
        for number in range(MESSAGES):
            await bus.js.publish(SUBJECT, b"%d" % number)
        async with aclosing(pull(bus).batches()) as batches:
            first = await anext(batches)
            await first[0].ack()
        found = {first[0].data}
        async with asyncio.timeout(AT_ONCE_SECONDS), aclosing(pull(bus).batches()) as batches:
            while len(found) < MESSAGES:
                for msg in await anext(batches):
                    found.add(msg.data)
                    await msg.ack()
