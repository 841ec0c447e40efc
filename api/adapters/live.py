"""The bus's live feed in the shape the edge asks for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

from bus.live import LiveFeed, LiveMessage
from schemas.base import TenantId


class BusLive:
    def __init__(self, feed: LiveFeed) -> None:
        self._feed = feed

    async def subscribe(self, stream_id: str, tenant_id: TenantId) -> AsyncIterator[LiveMessage]:
        stack = AsyncExitStack()
        queue = await stack.enter_async_context(self._feed.subscribe(stream_id, tenant_id))
        return Subscription(queue, stack)


class Subscription:
    """Not a generator: closing one that was never asked for a message would not unsubscribe."""

    def __init__(self, queue: "asyncio.Queue[LiveMessage]", stack: AsyncExitStack) -> None:
        self._queue = queue
        self._stack = stack

    def __aiter__(self) -> "Subscription":
        return self

    async def __anext__(self) -> LiveMessage:
        return await self._queue.get()

    async def aclose(self) -> None:
        await self._stack.aclose()
