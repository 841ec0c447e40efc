"""What happens in one run, as it happens: its events and its token deltas."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from pydantic_core import from_json

from bus import subjects
from bus.streams import LIVE
from schemas.base import TenantId

QUEUE = 4_096
COALESCE_SECONDS = 0.03


@dataclass(frozen=True, slots=True)
class LiveMessage:
    """`event`: a stored event's JSON, with its position. `delta`: `{node, attempt, index, text}`."""

    kind: Literal["event", "delta"]
    position: int | None
    data: dict[str, Any]


class LiveFeed:
    """Follows runs. Live messages are hints: who is too slow for them misses some, never an event."""

    def __init__(self, nc: Client, js: JetStreamContext) -> None:
        self._nc, self._js = nc, js

    @asynccontextmanager
    async def subscribe(
        self, stream_id: str, tenant_id: TenantId
    ) -> AsyncIterator["asyncio.Queue[LiveMessage]"]:
        """Subscribed when entered; deltas of the last minutes come first, whenever one joins."""
        queue: asyncio.Queue[LiveMessage] = asyncio.Queue(QUEUE)

        async def on_event(msg: Msg) -> None:
            data = from_json(msg.data)
            offer(queue, LiveMessage("event", data["position"], data))

        async def on_delta(msg: Msg) -> None:
            offer(queue, LiveMessage("delta", None, from_json(msg.data)))

        events = await self._nc.subscribe(subjects.events_of_run(tenant_id, stream_id), cb=on_event)
        deltas = await self._js.subscribe(
            subjects.live(tenant_id, stream_id), stream=LIVE, cb=on_delta, ordered_consumer=True
        )
        try:
            yield queue
        finally:
            if self._nc.is_connected:
                await events.unsubscribe()
                await deltas.unsubscribe()


def offer(queue: "asyncio.Queue[LiveMessage]", message: LiveMessage) -> None:
    with suppress(asyncio.QueueFull):
        queue.put_nowait(message)


class DeltaSink:
    """Publishes a call's text as it comes, a few times a second at most. Losing a delta loses nothing."""

    def __init__(self, nc: Client) -> None:
        self._nc = nc

    def open(self, tenant_id: TenantId, execution_id: UUID, node: str, attempt: int) -> "DeltaStream":
        subject = subjects.live(tenant_id, f"execution-{execution_id}")
        return DeltaStream(self._nc, subject, node, attempt)


class DeltaStream:
    def __init__(self, nc: Client, subject: str, node: str, attempt: int) -> None:
        self._nc, self._subject = nc, subject
        self._node, self._attempt = node, attempt
        self._text = ""
        self._index = 0
        self._flushed_at = 0.0

    async def write(self, text: str) -> None:
        self._text += text
        if asyncio.get_running_loop().time() - self._flushed_at >= COALESCE_SECONDS:
            await self.flush()

    async def flush(self) -> None:
        if not self._text or not self._nc.is_connected:
            return
        delta = {"node": self._node, "attempt": self._attempt, "index": self._index, "text": self._text}
        self._text, self._index = "", self._index + 1
        self._flushed_at = asyncio.get_running_loop().time()
        await self._nc.publish(self._subject, json.dumps(delta).encode())
