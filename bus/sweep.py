"""Takes what is decided out of COMMANDS, many at a time: removing each by itself would sync the disk."""

from nats.js import JetStreamContext

from bus.repeating import repeatedly
from bus.streams import COMMANDS

EVERY_SECONDS = 1.0


async def sweep_now_and_then(js: JetStreamContext, consumer: str) -> None:
    async def look() -> None:
        await sweep(js, consumer)

    await repeatedly(look, EVERY_SECONDS, "sweep")


async def sweep(js: JetStreamContext, consumer: str) -> None:
    """Everything up to the consumer's floor: below it all is acknowledged, and so in Postgres."""
    floor = (await js.consumer_info(COMMANDS, consumer)).ack_floor
    if floor and floor.stream_seq:
        await js.purge_stream(COMMANDS, seq=floor.stream_seq + 1)
