"""The platform in one process, on a real Postgres, with a clock that is told the time.

For stories that take months: nothing happens by itself, and nothing is waited for. Projections are fed before
anybody reacts, so that effects find in them what they read.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial

from psycopg_pool import AsyncConnectionPool

from bus import causation, timers, wiring
from bus.admission import Admission
from bus.closer import Closer
from bus.decider import Decider
from bus.in_process_ports import ports_of
from bus.listeners import Listener, listeners
from bus.period_table import ProjectedPeriods
from bus.publisher import seal
from bus.whole import restored
from bus.work import Request
from contexts.billing.payment_ports import PaymentProvider
from contexts.execution.admission import Limits
from contexts.execution.ports import ChatModel
from infra.db.pools import ERASER, VAULT, WORKER, async_pool
from infra.eventstore.mapper import recorded
from infra.eventstore.postgres import PostgresEventStore
from infra.eventstore.types import EventStore
from projections import feed
from projections.registry import PROJECTIONS
from projections.timers import queries
from schemas.base import PLATFORM, Command, PartnerId, TenantId
from schemas.envelope import Actor, Answer, Envelope, Recorded
from schemas.registry import command_from

PAGE = 500
NO_LIMITS = Limits(tenant=10**6, partner=10**6, platform=10**6)


class ToldClock:
    """Tells what it was told."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class InProcess:
    """`order` and `until` return when nothing is left to do at that time."""

    def __init__(
        self,
        store: EventStore,
        pool: AsyncConnectionPool,
        clock: ToldClock,
        heard_by: Sequence[Listener],
    ) -> None:
        self._store, self._pool, self.clock, self._listeners = store, pool, clock, heard_by
        self._decider = Decider(store, wiring.HANDLERS, wiring.FACTS, clock, Admission(NO_LIMITS))
        self._one_at_a_time = asyncio.Lock()
        self._position = 0

    async def order(
        self,
        *commands: Command,
        by: Actor,
        tenant_id: TenantId = PLATFORM,
        partner_id: PartnerId | None = None,
    ) -> Sequence[Answer]:
        """What follows is done as well."""
        sealed = partial(seal, tenant_id=tenant_id, partner_id=partner_id, actor=by)
        answers = await self._decide([Request(sealed(command), command) for command in commands])
        await self._rest()
        return answers

    async def tell(self, envelope: Envelope, stream_id: str, wait: float, tries: int) -> Answer:
        command = command_from(envelope.type, envelope.data)
        [answer] = await self._decide([Request(envelope, command)])
        return answer

    async def until(self, moment: datetime) -> None:
        """Time goes on, from one timer to the next."""
        while timer := await self._next_timer(moment):
            self.clock.now = max(self.clock.now, timer.due_at)
            envelope, command = timers.sealed(timer)
            await self._decide([Request(envelope, command)])
            async with self._pool.connection() as conn:
                await queries.fired(conn, [(timer.name, timer.due_at)])
            await self._rest()
        self.clock.now = max(self.clock.now, moment)

    async def close_months(self, grace: timedelta) -> int:
        """As the timers role does: how many months of tenants."""
        closed = await Closer(ProjectedPeriods(self._pool), self, self.clock, grace).look()
        await self._rest()
        return closed

    async def _next_timer(self, moment: datetime) -> queries.Timer | None:
        async with self._pool.connection() as conn:
            return next(iter(await queries.due(conn, moment, 1)), None)

    async def _rest(self) -> None:
        while events := await self._read_after(self._position, PAGE):
            async with self._pool.connection() as conn:
                await feed.apply(conn, PROJECTIONS, events, self._position, self._read_after)
            self._position = events[-1].position
            if wanted := [request for event in events async for request in self._reactions(event)]:
                await self._decide(wanted)

    async def _read_after(self, position: int, limit: int) -> Sequence[Recorded]:
        return [recorded(row) for row in await asyncio.to_thread(self._store.after, position, limit)]

    async def _reactions(self, event: Recorded) -> AsyncIterator[Request]:
        interested = [listener for listener in self._listeners if listener.wants(event)]
        if not interested:
            return
        whole = await asyncio.to_thread(restored, self._store, event)
        for listener in interested:
            for envelope, command in causation.sealed(whole, await listener.react(whole), listener.actor):
                yield Request(envelope, command)

    async def _decide(self, requests: Sequence[Request]) -> Sequence[Answer]:
        async with self._one_at_a_time:
            answers = await asyncio.to_thread(self._decider.process, requests)
            self._decider.take_committed()
        return answers


@asynccontextmanager
async def in_process(
    database_url: str, now: datetime, chat: ChatModel, cards: PaymentProvider
) -> AsyncIterator[InProcess]:
    """On a prepared database. `chat` answers what agents and workflows ask, `cards` collects invoices."""
    clock, store = ToldClock(now), PostgresEventStore(database_url)
    try:
        async with (
            async_pool(database_url, WORKER, max_size=4) as pool,
            async_pool(database_url, VAULT, 0, 2) as vault,
            async_pool(database_url, ERASER, 0, 1) as eraser,
        ):
            ports = ports_of(store, pool, vault, eraser, clock, chat, cards)
            yield InProcess(store, pool, clock, tuple(listeners(ports, store, "in-process")))
    finally:
        store.close()
