"""Event store -> EVENTS stream, in position order, none lost and none doubled.

The stream itself is the cursor: its last message says how far we are. Every message names the sequence it
expects to follow, so a second relay, or a retry after a lost acknowledgement, is refused by the server.
"""

import asyncio
from collections import deque
from collections.abc import Sequence

import structlog
from nats.aio.client import Client
from nats.js import JetStreamContext
from pydantic_core import from_json

from bus import codec, subjects
from bus.checkpoints import Checkpoints, OutOfStep
from bus.failpoints import reach
from bus.failures import is_outage
from bus.publisher import TRACEPARENT
from bus.streams import EVENTS, ensure_streams
from infra.eventstore.types import EventStore, Row

BATCH = 256
OFFERED = 4_096
IDLE_SECONDS = 0.25
ACK_SECONDS = 5.0
EXPECTED = "Nats-Expected-Last-Sequence"
LOCK = 4_805_002

log = structlog.get_logger(__name__)


class Relay:
    """One active; run it under `leader.lead`. `wake` when something was appended."""

    def __init__(self, nc: Client, js: JetStreamContext, store: EventStore, checkpoints: Checkpoints) -> None:
        self._nc, self._js, self._store, self._checkpoints = nc, js, store, checkpoints
        self._signal = asyncio.Event()
        self._offered: deque[Row] = deque(maxlen=OFFERED)
        self._look = True
        self.position = 0
        self.leading = False

    def wake(self) -> None:
        """Something was committed elsewhere: look into the store."""
        self._look = True
        self._signal.set()

    def offer(self, rows: Sequence[Row]) -> None:
        """Rows just committed by this process: they need not be read again if nothing lies between."""
        self._offered.extend(rows)
        self._signal.set()

    async def run(self) -> None:
        self.leading = True
        while True:
            try:
                await self._follow()
            except asyncio.CancelledError:
                self.leading = False
                raise
            except Exception as error:
                if not is_outage(error) and not isinstance(error, OutOfStep):
                    raise
                log.warning("relay starts over", error=repr(error))
                await asyncio.sleep(IDLE_SECONDS)

    async def _follow(self) -> None:
        seen = self._nc.stats["reconnects"]
        await ensure_streams(self._js)
        self.position, sequence = await self._resume()
        self._look = True
        while self._nc.stats["reconnects"] == seen:
            self._signal.clear()
            rows = self._taken() or (await self._read() if self._look else ())
            if rows:
                sequence = await self._publish(rows, sequence)
                self.position = rows[-1].position
            else:
                await self._idle()
            await self._checkpoints.save_now_and_then(self.position, sequence)
        raise OutOfStep("NATS was away: what it acknowledged last it may have lost")

    async def _idle(self) -> None:
        """Until something is offered; now and then the store is looked at all the same."""
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                await self._signal.wait()
        except TimeoutError:
            self._look = True

    async def _read(self) -> Sequence[Row]:
        rows = await asyncio.to_thread(self._store.after, self.position, BATCH)
        self._look = len(rows) == BATCH
        return rows

    def _taken(self) -> Sequence[Row]:
        """Offered rows that follow each other without a gap: positions are integers, nothing fits between."""
        rows: list[Row] = []
        expected = self.position + 1
        while self._offered and self._offered[0].position <= expected and len(rows) < BATCH:
            row = self._offered.popleft()
            if row.position == expected:
                rows.append(row)
                expected += 1
        if self._offered and not rows:
            self._offered.clear()
            self._look = True
        return rows

    async def _resume(self) -> tuple[int, int]:
        """Position and sequence of the stream's last message; an empty stream is refilled."""
        state = (await self._js.stream_info(EVENTS)).state
        if state.messages:
            last = await self._js.get_msg(EVENTS, state.last_seq)
            return codec.position(last.data or b""), state.last_seq
        return await self._checkpoints.refill_from(lost=state.last_seq == 0), state.last_seq

    async def _publish(self, rows: Sequence[Row], sequence: int) -> int:
        """The last message's acknowledgement stands for all: each was only stored after the one before."""
        reach("relay.before_publish")
        previous = self.position
        for row in rows[:-1]:
            await self._nc.publish(
                subject(row), codec.encode(row, previous), headers=headers_of(row, sequence)
            )
            previous, sequence = row.position, sequence + 1
        last = rows[-1]
        ack = await self._nc.request(
            subject(last), codec.encode(last, previous), ACK_SECONDS, headers=headers_of(last, sequence)
        )
        reach("relay.after_publish")
        answer = from_json(ack.data)
        if "error" in answer:
            raise OutOfStep(answer["error"].get("description", ""))
        return sequence + 1


def headers_of(row: Row, sequence: int) -> dict[str, str]:
    headers = {EXPECTED: str(sequence)}
    if row.traceparent:
        headers[TRACEPARENT] = row.traceparent
    return headers


def subject(row: Row) -> str:
    return subjects.event(row.type, row.tenant_id, row.stream)
