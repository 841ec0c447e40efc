"""Takes from a durable consumer what is there now, without waiting to fill a batch."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncGenerator

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig

from bus.heartbeat import MAX_HOLD_SECONDS, Heartbeat
from bus.streams import ensure_consumer, ensure_streams

EXPIRES_SECONDS = 20.0
HEARTBEAT_SECONDS = 2.0
SILENCE_SECONDS = 6.0
"""No message and no heartbeat for so long: the request is lost (server restart), ask again."""

RESTORE_SECONDS = 0.5

STATUS, DESCRIPTION = "Status", "Description"
HEARTBEAT_STATUS, NOBODY_THERE = "100", "503"

log = structlog.get_logger(__name__)


class Pull:
    """Keeps up to `credit` messages requested; `batches()` yields all that have come, at most `size`.

    Makes its durable consumer, and makes it again when it is gone: NATS may lose its data. With a
    `heartbeat` messages are held from the moment they come, also while they wait for a free hand, but for
    `hold_seconds` at most.
    """

    def __init__(
        self,
        nc: Client,
        js: JetStreamContext,
        stream: str,
        consumer: ConsumerConfig,
        size: int = 256,
        credit: int = 512,
        heartbeat: Heartbeat | None = None,
        hold_seconds: float = MAX_HOLD_SECONDS,
    ) -> None:
        self._nc, self._js, self._stream, self._consumer = nc, js, stream, consumer
        self._next = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer.durable_name}"
        self._inbox = nc.new_inbox()
        self._size, self._credit = size, credit
        self._heartbeat, self._hold_seconds = heartbeat, hold_seconds
        self._owed = 0
        self._ready: deque[Msg] = deque()
        self._given: list[Msg] = []
        self._signal = asyncio.Event()
        self._last_heard = 0.0
        self._gone = True
        self._reconnects = 0

    async def batches(self) -> AsyncGenerator[list[Msg], None]:
        """Use it under `aclosing`, or what is in hand when one stops is missing until the server asks."""
        subscription = await self._nc.subscribe(self._inbox, cb=self._receive, pending_msgs_limit=-1)
        try:
            while True:
                if self._gone:
                    await self._restore()
                await self._ask()
                if not self._ready:
                    await self._wait()
                    continue
                yield self._give()
        finally:
            if self._nc.is_connected:
                await self._give_back(subscription)

    def _give(self) -> list[Msg]:
        batch = [self._ready.popleft() for _ in range(min(self._size, len(self._ready)))]
        self._given = [*(msg for msg in self._given if not msg.is_acked), *batch]
        return batch

    async def _give_back(self, subscription: Subscription) -> None:
        """What was not finished goes to somebody else at once, not when its acknowledgement is overdue."""
        await subscription.drain()  # type: ignore[no-untyped-call]
        for msg in (*self._given, *self._ready):
            if self._heartbeat:
                self._heartbeat.let_go(msg)
            if not msg.is_acked:
                await msg.nak()

    async def _receive(self, msg: Msg) -> None:
        self._last_heard = asyncio.get_running_loop().time()
        if msg.headers and STATUS in msg.headers and not msg.data:
            self._told(msg.headers[STATUS], msg.headers.get(DESCRIPTION, ""))
            return
        if self._heartbeat:
            self._heartbeat.hold(msg, self._hold_seconds)
        self._owed = max(0, self._owed - 1)
        self._ready.append(msg)
        self._signal.set()

    def _told(self, status: str, description: str) -> None:
        if status == HEARTBEAT_STATUS:
            return
        self._owed = 0
        self._gone = self._gone or status == NOBODY_THERE or "deleted" in description.lower()
        self._signal.set()

    async def _restore(self) -> None:
        while self._gone:
            try:
                await ensure_streams(self._js)
                await ensure_consumer(self._js, self._stream, self._consumer)
                self._gone = False
            except (NatsError, OSError) as error:
                log.warning("consumer not there", consumer=self._consumer.durable_name, error=repr(error))
                await asyncio.sleep(RESTORE_SECONDS)

    async def _ask(self) -> None:
        if self._reconnects != (reconnects := self._nc.stats["reconnects"]):
            # Requests do not outlive their connection.
            self._reconnects, self._owed = reconnects, 0
        wanted = self._credit - self._owed - len(self._ready)
        if wanted < self._credit // 2 or not self._nc.is_connected:
            return
        request = {
            "batch": wanted,
            "expires": int(EXPIRES_SECONDS * 1e9),
            "idle_heartbeat": int(HEARTBEAT_SECONDS * 1e9),
        }
        self._owed += wanted
        self._last_heard = asyncio.get_running_loop().time()
        await self._nc.publish(self._next, json.dumps(request).encode(), reply=self._inbox)

    async def _wait(self) -> None:
        self._signal.clear()
        try:
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                await self._signal.wait()
        except TimeoutError:
            if asyncio.get_running_loop().time() - self._last_heard > SILENCE_SECONDS:
                self._owed = 0
