"""Begins queued runs as places become free, tenant after tenant. One active process.

It hears of freed places and new runs as events and keeps everything it needs in memory. What it sends is
harmless to repeat: a run that has begun is not begun again.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import UUID, uuid5

import structlog

from bus.publisher import Submitter, seal
from bus.run_index import RunIndex
from contexts.execution.admission import Limits, Run
from contexts.execution.queueing import Queue, next_runs
from schemas.base import TenantId
from schemas.envelope import Actor, Answer, Envelope
from schemas.execution.commands import BeginExecution
from schemas.tenancy.types import TENANT_CLOSED, TENANT_SUSPENDED

LOCK = 4_805_007
IN_FLIGHT = 64
AGAIN_SECONDS = 5.0
ANSWER_SECONDS = 10.0
TRIES = 3
IDS = UUID("8d1f1a37-6f3e-4a44-9d0c-0c1f3b6f7e55")
ACTOR = Actor(kind="system", id="scheduler")

Send = Callable[[Envelope, BeginExecution], Awaitable[Answer]]

log = structlog.get_logger(__name__)


class Schedule:
    """What is to begin next. In memory and without waiting for anything."""

    def __init__(self, limits: Limits, index: RunIndex) -> None:
        self._limits, self._index = limits, index
        self._queue = Queue()
        self._begun: dict[UUID, Run] = {}
        self._tries = Counter[UUID]()

    def next(self) -> list[tuple[Envelope, BeginExecution]]:
        """Commands to send now. A run in flight takes its place already."""
        for run in self._index.catch_up():
            self._hear(run)
        free = IN_FLIGHT - len(self._begun)
        runs = next_runs(self._queue, self._index.occupancy, self._limits_of, free)
        self._begun.update((run.execution_id, run) for run in runs)
        return [self._sealed(run) for run in runs]

    def answered(self, execution_id: UUID, answer: Answer | None) -> None:
        """None: no answer came. A run that did not begin waits again, where it was.

        A refused one waits until its tenant is reinstated, or for the next sweep.
        """
        run = self._begun.pop(execution_id)
        if answer and not answer.refusal:
            return
        known = self._index.occupancy.find(execution_id)
        if known is None or known.position != run.position:
            return
        self._index.put([run])
        if answer is None or is_stopped(answer):
            self._queue.add(run)
        if answer and is_stopped(answer):
            self._index.picture.tenants.stopped.add(run.tenant_id)

    def _hear(self, run: Run) -> None:
        """A picture may be older than what is in flight."""
        begun = self._begun.get(run.execution_id)
        if begun and begun.position == run.position:
            self._index.put([replace(run, started=True)])
        elif run.waiting:
            self._queue.add(run)
        else:
            self._queue.remove(run)
        if run.ended or run.started:
            self._tries.pop(run.execution_id, None)

    def _limits_of(self, tenant_id: TenantId) -> Limits:
        return self._index.picture.tenants.limits(tenant_id, self._limits)

    def _sealed(self, run: Run) -> tuple[Envelope, BeginExecution]:
        """An id of its own for every try: the answer to one that was refused is kept for ever."""
        command = turn(run)
        self._tries[run.execution_id] += 1
        envelope = seal(
            command,
            tenant_id=run.tenant_id,
            partner_id=run.partner_id,
            actor=ACTOR,
            message_id=uuid5(IDS, f"{run.execution_id}/{self._tries[run.execution_id]}"),
            correlation_id=run.execution_id,
            causation=f"scheduler:{run.execution_id}",
        )
        return envelope, command


class Scheduler:
    """The loop around a schedule: `wake` when its index has news."""

    def __init__(self, schedule: Schedule, send: Send) -> None:
        self._schedule, self._send = schedule, send
        self._news = asyncio.Event()

    def wake(self) -> None:
        self._news.set()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            while True:
                self._news.clear()
                for envelope, command in self._schedule.next():
                    group.create_task(self._begin(envelope, command))
                await self._news.wait()

    async def _begin(self, envelope: Envelope, command: BeginExecution) -> None:
        answer: Answer | None = None
        try:
            answer = await self._send(envelope, command)
            note(answer)
        except Exception as error:
            log.warning("run could not be begun", stream=command.stream_id, error=repr(error))
            await asyncio.sleep(AGAIN_SECONDS)
        self._schedule.answered(command.execution_id, answer)
        self.wake()


def turn(run: Run) -> BeginExecution:
    return BeginExecution(execution_id=run.execution_id)


def through(submitter: Submitter) -> Send:
    async def send(envelope: Envelope, command: BeginExecution) -> Answer:
        return await submitter.tell(envelope, command.stream_id, ANSWER_SECONDS, TRIES)

    return send


def is_stopped(answer: Answer) -> bool:
    return answer.refusal is not None and answer.refusal.code in (TENANT_SUSPENDED, TENANT_CLOSED)


def note(answer: Answer) -> None:
    if answer.refusal:
        log.warning("run not begun", stream=answer.stream, code=answer.refusal.code)
