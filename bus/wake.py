"""A light signal that something was committed. Losing one costs the relay a quarter of a second."""

import asyncio
from collections.abc import Callable, Sequence

from nats.aio.client import Client
from nats.aio.msg import Msg

from bus import subjects
from infra.eventstore.types import Row


def announcer(nc: Client) -> Callable[[Sequence[Row]], None]:
    """For a process that commits but does not relay: the relay reads the rows from the store."""
    sending: set[asyncio.Task[None]] = set()

    def announce(_: Sequence[Row]) -> None:
        task = asyncio.ensure_future(nc.publish(subjects.COMMITTED))
        sending.add(task)
        task.add_done_callback(sending.discard)

    return announce


async def listen(nc: Client, wake: Callable[[], None]) -> None:
    async def on_signal(_: Msg) -> None:
        wake()

    await nc.subscribe(subjects.COMMITTED, cb=on_signal)
    await asyncio.Event().wait()
