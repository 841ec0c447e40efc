"""Takes from a durable consumer what is there now, without waiting to fill a batch."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator

from nats.aio.client import Client
from nats.aio.msg import Msg

EXPIRES_SECONDS = 20.0
HEARTBEAT_SECONDS = 2.0
SILENCE_SECONDS = 6.0
"""No message and no heartbeat for so long: the request is lost (server restart), ask again."""

STATUS = "Status"
HEARTBEAT_STATUS = "100"


class Pull:
    """Keeps up to `credit` messages requested; `batches()` yields all that have come, at most `size`."""

    def __init__(self, nc: Client, stream: str, durable: str, size: int = 256, credit: int = 512) -> None:
        self._nc = nc
        self._next = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{durable}"
        self._inbox = nc.new_inbox()
        self._size, self._credit = size, credit
        self._owed = 0
        self._ready: deque[Msg] = deque()
        self._signal = asyncio.Event()
        self._last_heard = 0.0

    async def batches(self) -> AsyncIterator[list[Msg]]:
        subscription = await self._nc.subscribe(self._inbox, cb=self._receive, pending_msgs_limit=-1)
        try:
            while True:
                await self._ask()
                if not self._ready:
                    await self._wait()
                    continue
                yield [self._ready.popleft() for _ in range(min(self._size, len(self._ready)))]
        finally:
            if self._nc.is_connected:
                await subscription.unsubscribe()

    async def _receive(self, msg: Msg) -> None:
        self._last_heard = asyncio.get_running_loop().time()
        if msg.headers and STATUS in msg.headers and not msg.data:
            if msg.headers[STATUS] != HEARTBEAT_STATUS:
                self._owed = 0
                self._signal.set()
            return
        self._owed = max(0, self._owed - 1)
        self._ready.append(msg)
        self._signal.set()

    async def _ask(self) -> None:
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
            await asyncio.wait_for(self._signal.wait(), HEARTBEAT_SECONDS)
        except TimeoutError:
            if asyncio.get_running_loop().time() - self._last_heard > SILENCE_SECONDS:
                self._owed = 0
