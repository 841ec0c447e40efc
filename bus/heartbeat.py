"""Tells NATS which messages are still being worked on, from a thread that no handler can hold up.

A lease is a delivery and its heartbeat: without a beat for `ack_wait` the message goes to another worker. A
lease ends by itself when its time is up, so that what a hung worker has in hand is given away in the end.
"""

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import nats
import structlog
from nats.aio.msg import Msg

from bus.ending import end

MAX_HOLD_SECONDS = 20 * 60.0
"""For what says nothing of when it is due."""

STOP_SECONDS = 5.0

log = structlog.get_logger(__name__)


class Heartbeat:
    """One per process. `hold` and `let_go` may be called from any thread."""

    def __init__(self, nats_url: str, every: float) -> None:
        self._url, self._every = nats_url, every
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()

    def hold(self, msg: Msg, seconds: float = MAX_HOLD_SECONDS) -> None:
        """Keeps the message for so long from now, or until it is let go."""
        with self._lock:
            self._until[msg.reply] = time.monotonic() + seconds

    def let_go(self, msg: Msg) -> None:
        with self._lock:
            self._until.pop(msg.reply, None)

    def holds(self, msg: Msg) -> bool:
        """False when its time is up: it is, or soon will be, somebody else's."""
        with self._lock:
            return self._until.get(msg.reply, 0.0) > time.monotonic()

    def due(self) -> list[str]:
        """Where to send a beat now. What is too old is forgotten."""
        now = time.monotonic()
        with self._lock:
            self._until = {reply: until for reply, until in self._until.items() if until > now}
            return list(self._until)

    async def run(self, stop: asyncio.Event) -> None:
        alive = asyncio.create_task(self._live())
        await stop.wait()
        await end([alive])

    async def _live(self) -> None:
        while True:
            try:
                await self._beat_for_ever()
            except Exception as error:
                log.warning("heartbeat starts over", error=repr(error))
            await asyncio.sleep(self._every)

    async def _beat_for_ever(self) -> None:
        nc = await nats.connect(self._url, name="heartbeat", max_reconnect_attempts=-1, error_cb=note)
        try:
            while True:
                if nc.is_connected:
                    for reply in self.due():
                        await nc.publish(reply, Msg.Ack.Progress)
                await asyncio.sleep(self._every)
        finally:
            await nc.close()


@asynccontextmanager
async def beating(nats_url: str, ack_wait: float) -> AsyncIterator[Heartbeat]:
    """The heart of this process, four beats to `ack_wait`, on a thread and a connection of its own."""
    heartbeat = Heartbeat(nats_url, ack_wait / 4)
    stop, loop = asyncio.Event(), asyncio.new_event_loop()

    def live() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(heartbeat.run(stop))

    thread = threading.Thread(target=live, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield heartbeat
    finally:
        loop.call_soon_threadsafe(stop.set)
        await asyncio.to_thread(thread.join, STOP_SECONDS)


async def note(error: Exception) -> None:
    log.warning("heartbeat connection", error=repr(error))
