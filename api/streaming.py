"""The story of one stream as server-sent events, without gap and without repetition."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from functools import partial
from typing import Any

import structlog
from starlette.responses import StreamingResponse
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from api.followed import Follower
from api.parts import Deps
from bus.live import LiveMessage
from infra.db.scope import Scope
from schemas.base import TenantId
from schemas.envelope import Recorded
from schemas.execution.events import ExecutionCancelled, ExecutionFailed, ExecutionSucceeded

log = structlog.get_logger()
TERMINAL = (ExecutionSucceeded, ExecutionFailed, ExecutionCancelled)
BATCH = 200
UNFED_SECONDS = 1.0
DELTA_FIELDS = ("node", "attempt", "index", "text")


class Story:
    """Subscribes first, then tells what is stored, then goes on as news comes.

    A live event is only the sign that the store has more: what is told always comes from the store,
    in its order, so it does not matter if live messages repeat, overtake each other or get lost.
    """

    def __init__(self, deps: Deps, scope: Scope, stream_id: str, feed: "Feed", after: int) -> None:
        self._deps = deps
        self._scope = scope
        self._stream_id = stream_id
        self._feed = feed
        self._told = after
        self._ended = False

    @classmethod
    async def begin(
        cls, deps: Deps, scope: Scope, stream_id: str, tenant_id: TenantId, after: int
    ) -> "Story":
        feed = Feed(await deps.live.subscribe(stream_id, tenant_id))
        await feed.start()
        return cls(deps, scope, stream_id, feed, after)

    async def tell(self) -> AsyncGenerator[str, None]:
        yield "retry: 1000\n\n"
        async for text in self._stored():
            yield text
        while not self._ended:
            message = await self._feed.message(self._deps.limits.heartbeat_seconds)
            async for text in self._next(message):
                yield text

    async def close(self) -> None:
        await self._feed.close()

    async def _next(self, message: LiveMessage | None) -> AsyncIterator[str]:
        if message is not None and message.kind == "delta":
            yield frame("delta", {name: message.data.get(name) for name in DELTA_FIELDS})
        elif message is None or (message.position or 0) > self._told:
            async for text in self._stored():
                yield text
            if message is None and not self._ended:
                yield ": still here\n\n"

    async def _stored(self) -> AsyncIterator[str]:
        read = self._deps.reads.events_of_stream
        while not self._ended:
            batch = await read(self._scope, self._stream_id, self._told, BATCH)
            for recorded in batch:
                yield frame(recorded.event.type_name, shown(recorded), recorded.position)
                self._told = recorded.position
                self._ended = isinstance(recorded.event, TERMINAL)
            if len(batch) < BATCH:
                return


class Feed:
    """A subscription one can wait on for a while. None: nothing came in time.

    When it breaks off, the story goes on at the pace of `UNFED_SECONDS`, from the store alone.
    """

    def __init__(self, messages: AsyncIterator[LiveMessage]) -> None:
        self._messages = messages
        self._coming: asyncio.Future[LiveMessage] | None = None
        self._broken = False

    async def start(self) -> None:
        """Lets the iterator run up to its first wait: closing an unstarted generator cleans nothing up."""
        self._coming = asyncio.ensure_future(self._messages.__anext__())
        await asyncio.sleep(0)

    async def message(self, seconds: float) -> LiveMessage | None:
        if self._broken:
            await asyncio.sleep(min(seconds, UNFED_SECONDS))
            return None
        if self._coming is None:
            self._coming = asyncio.ensure_future(self._messages.__anext__())
        done, _ = await asyncio.wait({self._coming}, timeout=seconds)
        return self._arrived() if done else None

    def _arrived(self) -> LiveMessage | None:
        assert self._coming is not None
        coming, self._coming = self._coming, None
        try:
            return coming.result()
        except Exception as error:
            if not isinstance(error, StopAsyncIteration):
                log.warning("live_feed_broke", error=repr(error))
            self._broken = True
            return None

    async def close(self) -> None:
        if self._coming is not None:
            self._coming.cancel()
            await asyncio.wait({self._coming})
            if not self._coming.cancelled():
                self._coming.exception()
        if (close := getattr(self._messages, "aclose", None)) is not None:
            await close()


class EventStream(StreamingResponse):
    """Ends the live subscription as soon as the client is gone. The run itself goes on."""

    media_type = "text/event-stream"

    def __init__(self, story: Story, follower: Follower) -> None:
        told = follower.told(story.tell(), partial(frame, "problem"))
        super().__init__(told, headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"})
        self._story = story

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._story.close()


def shown(recorded: Recorded) -> dict[str, Any]:
    return {
        "position": recorded.position,
        "recorded_at": recorded.recorded_at.isoformat(),
        "data": recorded.event.model_dump(mode="json"),
    }


def frame(event: str, data: Mapping[str, Any], position: int | None = None) -> str:
    mark = f"id: {position}\n" if position is not None else ""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"{mark}event: {event}\ndata: {text}\n\n"
