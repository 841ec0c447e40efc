"""Takes commands in batches, has them decided in one transaction, answers whoever waits."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import aclosing, suppress

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from pydantic import ValidationError

from bus import replies, subjects, tracing
from bus.dead_letters import bury
from bus.decider import Decider
from bus.failpoints import reach
from bus.failures import PATIENT, Patience, is_outage
from bus.heartbeat import Heartbeat
from bus.publisher import REPLY_TO
from bus.pull import Pull
from bus.streams import COMMANDS, REACTIONS, durable
from bus.sweep import sweep_now_and_then
from bus.turns import Turns
from bus.work import Request
from infra.eventstore.types import Row
from infra.metrics import COMMAND_BATCH_SIZE, COMMAND_SECONDS
from schemas.envelope import Answer, Envelope
from schemas.registry import command_from

NAME = "commands"
IN_FLIGHT = 1_024
PULLED = 512
HOLD_SECONDS = 120.0
"""How long a command may wait here and be decided: far longer than all of `IN_FLIGHT` take. Without a lease
they would be delivered again and again while they wait, and the more of that, the slower all of them."""

Item = tuple[Msg, Request]

log = structlog.get_logger(__name__)


class CommandConsumer:
    """The write side's loop. `on_commit` is given what each transaction appended."""

    def __init__(
        self,
        nc: Client,
        js: JetStreamContext,
        decider: Decider,
        executor: Executor,
        on_commit: Callable[[Sequence[Row]], None],
        heartbeat: Heartbeat,
        patience: Patience = PATIENT,
    ) -> None:
        self._nc, self._js, self._decider, self._heartbeat = nc, js, decider, heartbeat
        self._executor, self._on_commit, self._patience = executor, on_commit, patience
        self._turns = Turns[Item]()
        self._news = asyncio.Event()

    async def run(self) -> None:
        """Clients' commands and our own reactions come from two streams and are decided together.

        Tenants take turns among all that was pulled; what waits here is bounded by what may be in flight.
        While a batch is decided the one before is answered, and what comes is read.
        """
        async with asyncio.TaskGroup() as group:
            group.create_task(self._fetch(COMMANDS, subjects.COMMANDS))
            group.create_task(self._fetch(REACTIONS, subjects.REACTIONS))
            group.create_task(sweep_now_and_then(self._js, COMMANDS.lower()))
            answering: asyncio.Task[None] | None = None
            while True:
                decided = await self._take(await self._next())
                if answering:
                    await answering
                answering = group.create_task(self._answer(decided))

    async def _next(self) -> Sequence[Item]:
        while not (batch := self._turns.next(time.monotonic())):
            self._news.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._turns.rest_seconds(time.monotonic())):
                    await self._news.wait()
        return batch

    async def _fetch(self, stream: str, subject: str) -> None:
        consumer = durable(stream.lower(), [subject], IN_FLIGHT, self._patience.ack_wait)
        pull = Pull(
            self._nc,
            self._js,
            stream,
            consumer,
            size=PULLED,
            heartbeat=self._heartbeat,
            hold_seconds=HOLD_SECONDS,
        )
        async with aclosing(pull.batches()) as batches:
            async for batch in batches:
                for msg in batch:
                    await self._take_in(msg)
                self._news.set()

    async def _take_in(self, msg: Msg) -> None:
        try:
            request = parse(msg.data, again=(msg.metadata.num_delivered or 1) > 1)
        except (ValidationError, KeyError) as error:
            self._heartbeat.let_go(msg)
            await bury(self._js, msg, NAME, error)
            return
        self._turns.add(subjects.lane(msg.subject), (msg, request), time.monotonic())

    async def _take(self, batch: Sequence[Item]) -> Sequence[tuple[Msg, Answer]]:
        """What waited for too long has been given to somebody else. What is decided is held until it is
        answered: let go before, it might come again meanwhile.
        """
        ours = [item for item in batch if self._heartbeat.holds(item[0])]
        decided: Sequence[tuple[Msg, Answer]] = ()
        try:
            decided = await self._decide(ours) if ours else ()
            return decided
        finally:
            self._turns.decided(time.monotonic())
            answered = {msg.reply for msg, _ in decided}
            for msg, _ in batch:
                if msg.reply not in answered:
                    self._heartbeat.let_go(msg)

    async def _decide(self, batch: Sequence[Item]) -> Sequence[tuple[Msg, Answer]]:
        """What each is to be told; nothing for those that are tried again later."""
        began = time.perf_counter()
        requests = [request for _, request in batch]
        try:
            with tracing.deciding(requests) as traced:
                answers = await self._process(traced)
        except Exception as error:
            return await self._recover(batch, error)
        self._on_commit(self._decider.take_committed())
        measure(requests, answers, time.perf_counter() - began)
        return [(msg, answer) for (msg, _), answer in zip(batch, answers, strict=True)]

    async def _answer(self, decided: Sequence[tuple[Msg, Answer]]) -> None:
        """Whoever hears nothing asks again, so nothing is acknowledged before it is answered."""
        reach("command.before_ack")
        asked = [(to, answer) for msg, answer in decided if (to := (msg.headers or {}).get(REPLY_TO))]
        for inbox, told in replies.by_inbox(asked):
            await self._nc.publish(inbox, told)
        for msg, _ in decided:
            await msg.ack()
            self._heartbeat.let_go(msg)

    async def _process(self, requests: list[Request]) -> list[Answer]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, self._decider.process, requests)

    async def _recover(self, batch: Sequence[Item], error: Exception) -> Sequence[tuple[Msg, Answer]]:
        """One defective command must not stop the others: a failed batch is tried one by one."""
        if not is_outage(error) and len(batch) > 1:
            return [decided for item in batch for decided in await self._decide([item])]
        for msg, request in batch:
            await self._postpone(msg, request, error)
        return []

    async def _postpone(self, msg: Msg, request: Request, error: Exception) -> None:
        tries = msg.metadata.num_delivered or 1
        log.warning(
            "command failed",
            type=request.envelope.type,
            stream=request.stream,
            tenant_id=str(request.envelope.tenant_id),
            command_id=str(request.envelope.message_id),
            tries=tries,
            error=repr(error),
        )
        if self._patience.ends(tries, error):
            await bury(self._js, msg, NAME, error)
        else:
            await msg.nak(delay=self._patience.pause(tries))


def measure(requests: Sequence[Request], answers: Sequence[Answer], seconds: float) -> None:
    COMMAND_BATCH_SIZE.observe(len(requests))
    kinds = Counter((r.envelope.type, a.status) for r, a in zip(requests, answers, strict=True))
    for (type_name, status), count in kinds.items():
        taken = COMMAND_SECONDS.labels(type_name, status)
        for _ in range(count):
            taken.observe(seconds)


def parse(payload: bytes, again: bool = False) -> Request:
    """ValidationError or KeyError: not a command we know."""
    envelope = Envelope.model_validate_json(payload)
    return Request(envelope, command_from(envelope.type, envelope.data), again)
