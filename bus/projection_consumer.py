"""Feeds every projection from one consumer: a batch of events, one transaction for rows and cursors."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import aclosing

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from psycopg_pool import AsyncConnectionPool

from bus import codec, subjects
from bus.failures import is_outage, pause_after
from bus.pull import Pull
from bus.streams import EVENTS, durable
from infra.errors import SetupError
from infra.eventstore.reading import events_after
from infra.eventstore.types import EventStore
from projections.feed import apply
from projections.install import outdated
from projections.kernel import Projection
from schemas.envelope import Recorded

NAME = "projections"
BATCH = 256
LOCK = 4_805_004
PACE_SECONDS = 0.05
"""Under load, at most one transaction per pace: fewer and larger ones cost much less."""

log = structlog.get_logger(__name__)


class ProjectionsOutdated(SetupError):
    def __init__(self, names: str) -> None:
        super().__init__(
            f"these projections were filled by another version of this code: {names}.",
            "Run `./justw hb migrate`: it builds them anew. Or deploy the version that filled them.",
        )


class ProjectionConsumer:
    """One active; run it under `leader.lead`. What it cannot apply now it reads from the store later."""

    def __init__(
        self,
        nc: Client,
        js: JetStreamContext,
        pool: AsyncConnectionPool,
        projections: Sequence[Projection],
        store: EventStore,
    ) -> None:
        self._nc, self._js, self._pool = nc, js, pool
        self._projections, self._read_after = projections, events_after(store)

    async def run(self) -> None:
        await self._require_current()
        consumer = durable(NAME, [subjects.EVENTS], BATCH * 4)
        async with aclosing(Pull(self._nc, self._js, EVENTS, consumer, size=BATCH).batches()) as batches:
            async for batch in batches:
                began = time.monotonic()
                await self._handle(batch)
                if len(batch) > 1:
                    await asyncio.sleep(max(0.0, began + PACE_SECONDS - time.monotonic()))

    async def _handle(self, batch: Sequence[Msg]) -> None:
        """In order and never skipping: a batch that fails is tried until it is in."""
        events, previous = contiguous(batch)
        tries = 0
        while True:
            try:
                async with self._pool.connection() as conn:
                    await apply(conn, self._projections, events, previous, self._read_after)
                break
            except Exception as error:
                tries += 1
                log.warning("projections wait", error=repr(error), outage=is_outage(error), tries=tries)
                await asyncio.sleep(pause_after(tries))
        for msg in batch:
            await msg.ack()

    async def _require_current(self) -> None:
        async with self._pool.connection() as conn:
            if old := await outdated(conn, self._projections):
                raise ProjectionsOutdated(", ".join(projection.name for projection in old))


def contiguous(batch: Sequence[Msg]) -> tuple[list[Recorded], int]:
    """The batch's events in order of position, each once, with the position before the first.

    A redelivered message may stand between newer ones; from the last jump on, the events are contiguous,
    and what lies before is either in already or found missing and read from the store.
    """
    decoded = sorted((codec.decode(msg.data) for msg in batch), key=lambda item: item[0].position)
    events: list[Recorded] = []
    previous = decoded[0][1]
    for event, before in decoded:
        if events and event.position == events[-1].position:
            continue
        if events and before != events[-1].position:
            events, previous = [], before
        events.append(event)
    return events, previous
