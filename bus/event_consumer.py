"""What policies and effects have in common: an event in, commands out, acknowledged when they are answered.

The event is acknowledged only after Postgres has its consequences, so losing all of NATS loses nothing.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import aclosing
from datetime import UTC, datetime

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig

from bus import codec, subjects, tracing
from bus.causation import Wanted, sealed
from bus.dead_letters import bury
from bus.failpoints import reach
from bus.failures import Patience, is_outage
from bus.heartbeat import MAX_HOLD_SECONDS, Heartbeat
from bus.publisher import Submitter
from bus.pull import Pull
from bus.streams import EVENTS, REDO, durable
from bus.whole import whole
from infra.eventstore.types import EventStore
from schemas.base import Command, Event
from schemas.envelope import Actor, Answer, Envelope, Recorded

ANSWER_SECONDS = 10.0
TRIES = 3
REDO_CREDIT = 16
OUTAGE_SECONDS = 900.0
HOLD_MARGIN_SECONDS = 60.0
"""Past a step's `due_at`; and the least, so that what comes late is handled all the same."""

IN_HAND_ANYWHERE = 16_384
"""Of all processes together: what one has in hand it bounds itself, by what it asks for."""

log = structlog.get_logger(__name__)


class EventConsumer(ABC):
    """One durable consumer. `concurrency` bounds the events in hand."""

    def __init__(
        self,
        nc: Client,
        js: JetStreamContext,
        submitter: Submitter,
        store: EventStore,
        name: str,
        events: Iterable[type[Event]],
        concurrency: int,
        heartbeat: Heartbeat,
        patience: Patience,
    ) -> None:
        self._nc, self._js, self._submitter = nc, js, submitter
        self._store, self._heartbeat = store, heartbeat
        self.name, self._concurrency, self._patience = name, concurrency, patience
        self._filters = sorted({subjects.events_of_type(event.type_name) for event in events})
        self._slots = asyncio.Semaphore(concurrency)
        self._in_hand: dict[str, Msg] = {}
        self._actor = Actor(kind="system", id=name)

    @abstractmethod
    async def react(self, recorded: Recorded, first_time: bool) -> Wanted: ...

    async def admit(self, recorded: Sequence[Recorded]) -> frozenset[str]:
        """Refs of the events that may be acted on as if for the first time."""
        return frozenset(r.ref for r in recorded)

    async def run(self) -> None:
        credit = self._concurrency * 2
        events = durable(self.name, self._filters, IN_HAND_ANYWHERE, self._patience.ack_wait)
        again = durable(self.name, [subjects.redo(self.name)], REDO_CREDIT, self._patience.ack_wait)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._consume(self._pull(EVENTS, events, credit)))
            group.create_task(self._consume(self._pull(REDO, again, REDO_CREDIT)))

    def _pull(self, stream: str, consumer: ConsumerConfig, credit: int) -> Pull:
        return Pull(self._nc, self._js, stream, consumer, credit=credit, heartbeat=self._heartbeat)

    async def _consume(self, pull: Pull) -> None:
        async with asyncio.TaskGroup() as group, aclosing(pull.batches()) as batches:
            async for batch in batches:
                waiting = [item for msg in batch if (item := await self._read(msg))]
                while waiting:
                    taken = await self._take(len(waiting))
                    await self._start(group, waiting[:taken])
                    waiting = waiting[taken:]

    async def _read(self, msg: Msg) -> tuple[Msg, Recorded] | None:
        """None: not readable, or a second delivery of what this process is working on.

        What it has had in hand for too long it does not work on any more, as far as others are concerned.
        """
        try:
            recorded = codec.decode(msg.data)[0]
        except (ValueError, KeyError, TypeError) as error:
            self._heartbeat.let_go(msg)
            await bury(self._js, msg, self.name, error)
            return None
        held = self._in_hand.get(recorded.ref)
        if held is not None and self._heartbeat.holds(held):
            self._heartbeat.let_go(msg)
            return None
        self._in_hand[recorded.ref] = msg
        self._heartbeat.hold(msg, hold_seconds(recorded.event, datetime.now(UTC)))
        return msg, recorded

    async def _take(self, wanted: int) -> int:
        """Waits for one free slot and takes as many as there are: work is claimed only when it can begin."""
        await self._slots.acquire()
        taken = 1
        while taken < wanted and not self._slots.locked():
            await self._slots.acquire()
            taken += 1
        return taken

    async def _start(self, group: asyncio.TaskGroup, batch: Sequence[tuple[Msg, Recorded]]) -> None:
        held = [item for item in batch if self._still_ours(*item)]
        first = await self._admitted(held)
        for msg, recorded in held:
            group.create_task(self._handle(msg, recorded, None if first is None else recorded.ref in first))

    def _still_ours(self, msg: Msg, recorded: Recorded) -> bool:
        """What waited here for too long has been given to somebody else: begun now, it would seem lost."""
        if self._heartbeat.holds(msg):
            return True
        self._leave(msg, recorded)
        return False

    def _leave(self, msg: Msg, recorded: Recorded) -> None:
        self._heartbeat.let_go(msg)
        if self._in_hand.get(recorded.ref) is msg:
            del self._in_hand[recorded.ref]
        self._slots.release()

    async def _admitted(self, batch: Sequence[tuple[Msg, Recorded]]) -> frozenset[str] | None:
        """None: it could not be found out now; each message is tried again later."""
        try:
            return await self.admit([recorded for _, recorded in batch])
        except Exception as error:
            log.warning("claims not readable", consumer=self.name, error=repr(error))
            return None

    async def _handle(self, msg: Msg, recorded: Recorded, first_time: bool | None) -> None:
        try:
            if first_time is None:
                await msg.nak(delay=self._patience.pause(1))
                return
            with tracing.reacting(self.name, recorded) as traceparent:
                async with asyncio.timeout(hold_seconds(recorded.event, datetime.now(UTC))):
                    known = await whole(self._store, recorded, msg.data)
                    wanted = await self.react(known, first_time)
                await self._deliver(recorded, wanted, traceparent)
            reach("event.before_ack")
            await msg.ack()
        except Exception as error:
            await self._postpone(msg, recorded, error)
        finally:
            self._leave(msg, recorded)

    async def _deliver(self, recorded: Recorded, wanted: Wanted, traceparent: str | None) -> None:
        """What was done must be told: an outage is waited out with the result in hand."""
        deadline = asyncio.get_running_loop().time() + OUTAGE_SECONDS
        while True:
            try:
                for answer in await self.tell(recorded, wanted, traceparent):
                    self._note(recorded, answer)
                return
            except Exception as error:
                if not is_outage(error) or asyncio.get_running_loop().time() > deadline:
                    raise
                log.warning("result waits", consumer=self.name, ref=recorded.ref, error=repr(error))
                await asyncio.sleep(self._patience.pause(2))

    def sealed(
        self, recorded: Recorded, wanted: Wanted, traceparent: str | None
    ) -> Iterator[tuple[Envelope, Command]]:
        return sealed(recorded, wanted, self._actor, traceparent)

    async def ask(self, envelope: Envelope, command: Command) -> Answer:
        return await self._submitter.tell(envelope, command.stream_id, ANSWER_SECONDS, TRIES)

    async def tell(self, recorded: Recorded, wanted: Wanted, traceparent: str | None) -> list[Answer]:
        """All at once: every one answered or failed when this returns or raises."""
        asked = [self.ask(*one) for one in self.sealed(recorded, wanted, traceparent)]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        if failures := [answer for answer in answers if isinstance(answer, BaseException)]:
            raise failures[0]
        return [answer for answer in answers if isinstance(answer, Answer)]

    def _note(self, recorded: Recorded, answer: Answer) -> None:
        """A refused reaction is final and rare: a late result, a race. It is not lost silently."""
        if answer.refusal:
            log.warning(
                "reaction refused",
                consumer=self.name,
                ref=recorded.ref,
                stream=answer.stream,
                tenant_id=str(recorded.tenant_id),
                code=answer.refusal.code,
                detail=answer.refusal.detail,
            )

    async def _postpone(self, msg: Msg, recorded: Recorded, error: Exception) -> None:
        tries = msg.metadata.num_delivered or 1
        log.warning(
            "event failed",
            consumer=self.name,
            ref=recorded.ref,
            tenant_id=str(recorded.tenant_id),
            command_id=str(recorded.message_id),
            tries=tries,
            error=repr(error),
        )
        if self._patience.ends(tries, error):
            await bury(self._js, msg, self.name, error)
        else:
            await msg.nak(delay=self._patience.pause(tries))


def hold_seconds(event: Event, now: datetime) -> float:
    """How long an event may be in hand: until its step is overdue for sure, if it says when that is."""
    due_at: datetime | None = getattr(event, "due_at", None)
    if due_at is None:
        return MAX_HOLD_SECONDS
    left = (due_at - now).total_seconds() + HOLD_MARGIN_SECONDS
    return min(max(left, HOLD_MARGIN_SECONDS), MAX_HOLD_SECONDS)
