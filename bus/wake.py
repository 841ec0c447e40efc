"""A light signal that something was committed. Losing one costs the relay a quarter of a second."""

import asyncio
from collections.abc import Callable

from nats.aio.client import Client
from nats.aio.msg import Msg

from bus import subjects


def announcer(nc: Client) -> Callable[[], None]:
    """For a process that commits but does not relay."""
    sending: set[asyncio.Task[None]] = set()

    def announce() -> None:
        task = asyncio.ensure_future(nc.publish(subjects.COMMITTED))
        sending.add(task)
        task.add_done_callback(sending.discard)

    return announce


async def listen(nc: Client, wake: Callable[[], None]) -> None:
    async def on_signal(_: Msg) -> None:
        wake()

    await nc.subscribe(subjects.COMMITTED, cb=on_signal)
    await asyncio.Event().wait()
