"""Keeps a RunIndex true: a picture from the database, then every event that matters as it is published."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import Error as JetStreamError
from psycopg_pool import AsyncConnectionPool

from bus import subjects
from bus.failures import is_outage
from bus.pull import HEARTBEAT_SECONDS, SILENCE_SECONDS
from bus.run_index import FOLLOWED, Picture, RunIndex, Tenants
from bus.streams import EVENTS, ensure_streams
from contexts.execution.admission import Occupancy, Run
from infra.eventstore.mapper import recorded
from infra.eventstore.types import EventStore
from projections.run_queue import queries
from schemas.base import PartnerId, TenantId

PAGE = 2_000
RETRY_SECONDS = 0.5
LEAST_SWEEP_SECONDS = 5.0
SWEEP_SHARE = 0.02
"""Sweeps take at most this share of the time, however many runs wait."""

Load = Callable[[], Awaitable[Picture]]

log = structlog.get_logger(__name__)


class Stale(Exception):
    """Events may have been missed: look at the database again."""


class RunFeed:
    """`ready` when the index is true for the first time. `on_news` is called when something came."""

    def __init__(
        self,
        nc: Client,
        js: JetStreamContext,
        load: Load,
        index: RunIndex,
        on_news: Callable[[], None] = lambda: None,
        sweeping: bool = False,
    ) -> None:
        self._nc, self._js, self._load, self._index = nc, js, load, index
        self._on_news, self._sweeping = on_news, sweeping
        self.ready = asyncio.Event()
        self._held: list[bytes] | None = None
        self._expected = 1
        self._gap = False
        self._last_heard = 0.0

    async def run(self) -> None:
        while True:
            try:
                await self._follow()
            except Exception as error:
                if not is_outage(error) and not isinstance(error, Stale):
                    raise
                log.warning("run index starts over", error=repr(error))
                await asyncio.sleep(RETRY_SECONDS)

    async def _follow(self) -> None:
        inbox = self._nc.new_inbox()
        subscription = await self._nc.subscribe(inbox, cb=self._receive, pending_msgs_limit=-1)
        try:
            await ensure_streams(self._js)
            self._expected, self._gap = 1, False
            self._last_heard = now()
            await self._js.add_consumer(EVENTS, ephemeral(inbox))
            sweep_at = await self._look()
            self.ready.set()
            while True:
                await asyncio.sleep(HEARTBEAT_SECONDS / 2)
                self._check()
                if self._sweeping and now() > sweep_at:
                    sweep_at = await self._look()
        finally:
            with suppress(JetStreamError, ConnectionError):
                if self._nc.is_connected:
                    await subscription.unsubscribe()

    async def _look(self) -> float:
        """Takes a new picture; when to take the next. Events that come meanwhile are laid over it."""
        began = now()
        self._held = []
        try:
            self._index.reset(await self._load())
        finally:
            for payload in self._held:
                self._index.offer(payload)
            self._held = None
        self._on_news()
        return now() + max(LEAST_SWEEP_SECONDS, (now() - began) / SWEEP_SHARE)

    async def _receive(self, msg: Msg) -> None:
        self._last_heard = now()
        if not msg.data:
            return
        sequence = msg.metadata.sequence.consumer
        self._gap = self._gap or sequence != self._expected
        self._expected = sequence + 1
        if self._held is not None:
            self._held.append(msg.data)
            return
        self._index.offer(msg.data)
        self._on_news()

    def _check(self) -> None:
        if self._gap:
            raise Stale("an event was missed")
        if now() - self._last_heard > SILENCE_SECONDS:
            raise Stale("nothing heard")


def now() -> float:
    return asyncio.get_running_loop().time()


def ephemeral(inbox: str) -> ConsumerConfig:
    """In order, once, from now on; gone when nobody listens. Heartbeats tell that it is there."""
    return ConsumerConfig(
        deliver_subject=inbox,
        deliver_policy=DeliverPolicy.NEW,
        ack_policy=AckPolicy.NONE,
        filter_subjects=[subjects.events_of_type(event.type_name) for event in FOLLOWED],
        idle_heartbeat=HEARTBEAT_SECONDS,
        mem_storage=True,
        num_replicas=1,
    )


def loader(pool: AsyncConnectionPool, store: EventStore) -> Load:
    """From the projection, and what is stored but not projected yet."""

    async def load() -> Picture:
        async with pool.connection() as conn:
            found = await queries.load(conn)
        picture = picture_of(found)
        while rows := await asyncio.to_thread(store.after, picture.position, PAGE):
            for row in rows:
                picture.take_in(recorded(row))
        return picture

    return load


def picture_of(found: queries.Loaded) -> Picture:
    picture = Picture(found.position, Occupancy(), tenants_of(found))
    for row in found.runs:
        picture.occupancy.put(run_of(row))
    return picture


def tenants_of(found: queries.Loaded) -> Tenants:
    return Tenants(
        stopped={TenantId(tenant.id) for tenant in found.tenants if tenant.stopped},
        max_runs={TenantId(tenant.id): tenant.max_runs for tenant in found.tenants if tenant.max_runs},
    )


def run_of(row: queries.QueueRow) -> Run:
    return Run(
        execution_id=row.execution_id,
        tenant_id=TenantId(row.tenant_id),
        partner_id=PartnerId(row.partner_id) if row.partner_id else None,
        position=row.position,
        started=row.started,
        parked=row.parked,
        paused=row.paused,
        priority=row.priority,
        weight=row.weight,
        queued_at=row.queued_at,
        scope=row.scope,
    )
