"""Takes what is decided out of COMMANDS, many at a time: removing each by itself would sync the disk."""

import asyncio

import structlog
from nats.js import JetStreamContext

from bus.failures import is_outage
from bus.streams import COMMANDS

EVERY_SECONDS = 1.0

log = structlog.get_logger(__name__)


async def sweep_now_and_then(js: JetStreamContext, consumer: str) -> None:
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        try:
            await sweep(js, consumer)
        except Exception as error:
            if not is_outage(error):
                raise
            log.warning("decided commands stay for now", error=repr(error))


async def sweep(js: JetStreamContext, consumer: str) -> None:
    """Everything up to the consumer's floor: below it all is acknowledged, and so in Postgres."""
    floor = (await js.consumer_info(COMMANDS, consumer)).ack_floor
    if floor and floor.stream_seq:
        await js.purge_stream(COMMANDS, seq=floor.stream_seq + 1)
