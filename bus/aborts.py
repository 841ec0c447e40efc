"""Tells calls under way that nobody waits for them: their run has ended, or what they are in has failed.

A hint: one that is missed costs a call nobody needs.
"""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from uuid import UUID

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg

from bus import codec, subjects
from schemas.execution.events import ExecutionCancelled, ExecutionFailed, ItemFailed, StepFailed
from schemas.execution.provider_error import ABORTED, Aborted
from schemas.execution.types import CallRef

REMEMBERED = 10_000
"""Ends kept in mind, for calls that were authorised before the end and come to be made after it."""

What = UUID | str
"""A run by its id, or one call by its key."""

log = structlog.get_logger(__name__)


class Ends:
    """What is over, for the calls of this process. `follow` runs beside the effects."""

    def __init__(self) -> None:
        self._watching: defaultdict[What, set[asyncio.Task[None]]] = defaultdict(set)
        self._ended: OrderedDict[What, None] = OrderedDict()

    async def follow(self, nc: Client) -> None:
        for end in (ExecutionCancelled, ExecutionFailed):
            await nc.subscribe(subjects.events_of_type(end.type_name), cb=self._run_ended)
        for failure in (ItemFailed, StepFailed):
            await nc.subscribe(subjects.events_of_type(failure.type_name), cb=self._part_failed)
        await asyncio.Event().wait()

    async def _run_ended(self, msg: Msg) -> None:
        self.ended(UUID(msg.subject.rpartition(".")[2].partition("-")[2]))

    async def _part_failed(self, msg: Msg) -> None:
        recorded, _ = codec.decode(msg.data)
        if isinstance(recorded.event, ItemFailed | StepFailed):
            for call in recorded.event.open_calls:
                self.ended(call.key)

    def ended(self, what: What) -> None:
        self._ended[what] = None
        if len(self._ended) > REMEMBERED:
            self._ended.popitem(last=False)
        for task in tuple(self._watching.get(what, ())):
            log.info("call broken off", ended=str(what))
            task.cancel(ABORTED)

    @asynccontextmanager
    async def watch(self, call: CallRef) -> AsyncIterator[None]:
        whats: tuple[What, ...] = (call.execution_id, call.key)
        if self._any_ended(whats):
            raise Aborted
        task = current_task()
        before = task.cancelling()
        for what in whats:
            self._watching[what].add(task)
        try:
            yield
        except asyncio.CancelledError as cancelled:
            if ABORTED in cancelled.args:
                raise Aborted from None
            raise
        finally:
            for what in whats:
                self._leave(what, task)
            while self._any_ended(whats) and task.cancelling() > before:
                task.uncancel()

    def _any_ended(self, whats: Iterable[What]) -> bool:
        return any(what in self._ended for what in whats)

    def _leave(self, what: What, task: "asyncio.Task[None]") -> None:
        self._watching[what].discard(task)
        if not self._watching[what]:
            del self._watching[what]


def current_task() -> "asyncio.Task[None]":
    task = asyncio.current_task()
    assert task is not None, "calls are made in tasks"
    return task
