"""Takes commands in batches, has them decided in one transaction, answers whoever waits."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import aclosing

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from pydantic import ValidationError

from bus import subjects, tracing
from bus.dead_letters import bury
from bus.decider import Decider, Request
from bus.failpoints import reach
from bus.failures import PATIENT, Patience, is_outage
from bus.fair_batch import Lanes, add, fair_batch
from bus.heartbeat import Heartbeat
from bus.publisher import REPLY_TO
from bus.pull import Pull
from bus.streams import COMMANDS, REACTIONS, durable
from infra.eventstore.types import Row
from infra.metrics import COMMAND_BATCH_SIZE, COMMAND_SECONDS
from schemas.envelope import Answer, Envelope
from schemas.registry import command_from

NAME = "commands"
BATCH = 192
SHARED_BATCH = 48
"""Where several tenants wait, each with at most two lanes: who comes next waits for less."""

IN_FLIGHT = 1_024
PULLED = 512
HOLD_SECONDS = 120.0
"""How long a command may wait here and be decided: far longer than all of `IN_FLIGHT` take. Without a lease
they would be delivered again and again while they wait, and the more of that, the slower all of them."""

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

    async def run(self) -> None:
        """Clients' commands and our own reactions come from two streams and are decided together.

        Tenants take turns among all that was pulled; what waits here is bounded by what may be in flight.
        """
        waiting: Lanes[str, Msg] = OrderedDict()
        coming: asyncio.Queue[list[Msg]] = asyncio.Queue(1)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._fetch(COMMANDS, subjects.COMMANDS, coming))
            group.create_task(self._fetch(REACTIONS, subjects.REACTIONS, coming))
            while True:
                if not waiting:
                    take_in(waiting, await coming.get())
                if not coming.empty():
                    take_in(waiting, coming.get_nowait())
                await self._take(fair_batch(waiting, batch_size(waiting)))

    async def _fetch(self, stream: str, subject: str, coming: "asyncio.Queue[list[Msg]]") -> None:
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
                await coming.put(batch)

    async def _take(self, batch: Sequence[Msg]) -> None:
        """What waited for too long has been given to somebody else."""
        try:
            await self._handle([msg for msg in batch if self._heartbeat.holds(msg)])
        finally:
            for msg in batch:
                self._heartbeat.let_go(msg)

    async def _handle(self, batch: Sequence[Msg]) -> None:
        readable: list[tuple[Msg, Request]] = []
        for msg in batch:
            try:
                readable.append((msg, parse(msg.data, again=(msg.metadata.num_delivered or 1) > 1)))
            except (ValidationError, KeyError) as error:
                await bury(self._js, msg, NAME, error)
        if readable:
            await self._decide(readable)

    async def _decide(self, batch: Sequence[tuple[Msg, Request]]) -> None:
        began = time.perf_counter()
        requests = [request for _, request in batch]
        try:
            with tracing.deciding(requests) as traced:
                answers = await self._process(traced)
        except Exception as error:
            await self._recover(batch, error)
            return
        self._on_commit(self._decider.take_committed())
        for (msg, _), answer in zip(batch, answers, strict=True):
            await self._reply(msg, answer)
        measure(requests, answers, time.perf_counter() - began)

    async def _process(self, requests: list[Request]) -> list[Answer]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, self._decider.process, requests)

    async def _recover(self, batch: Sequence[tuple[Msg, Request]], error: Exception) -> None:
        """One defective command must not stop the others: a failed batch is tried one by one."""
        if not is_outage(error) and len(batch) > 1:
            for item in batch:
                await self._decide([item])
            return
        for msg, request in batch:
            await self._postpone(msg, request, error)

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

    async def _reply(self, msg: Msg, answer: Answer) -> None:
        reach("command.before_ack")
        reply_to = (msg.headers or {}).get(REPLY_TO)
        if reply_to:
            await self._nc.publish(reply_to, answer.model_dump_json().encode())
        await msg.ack()


def batch_size(waiting: Lanes[str, Msg]) -> int:
    return BATCH if len(waiting) <= 2 else SHARED_BATCH


def take_in(waiting: Lanes[str, Msg], pulled: Sequence[Msg]) -> None:
    for msg in pulled:
        add(waiting, subjects.lane(msg.subject), msg)


def measure(requests: Sequence[Request], answers: Sequence[Answer], seconds: float) -> None:
    COMMAND_BATCH_SIZE.observe(len(requests))
    for request, answer in zip(requests, answers, strict=True):
        COMMAND_SECONDS.labels(request.envelope.type, answer.status).observe(seconds)


def parse(payload: bytes, again: bool = False) -> Request:
    """ValidationError or KeyError: not a command we know."""
    envelope = Envelope.model_validate_json(payload)
    return Request(envelope, command_from(envelope.type, envelope.data), again)
