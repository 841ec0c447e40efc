"""Tells calls under way that their run has ended. A hint: one that is missed costs a call nobody needs."""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg

from bus import subjects
from schemas.execution.events import ExecutionCancelled, ExecutionFailed
from schemas.execution.provider_error import ABORTED, Aborted

REMEMBERED = 10_000
"""Ended runs kept in mind, for calls that were authorised before the end and come to be made after it."""

log = structlog.get_logger(__name__)


class RunEnds:
    """Which runs have ended, for the calls of this process. `follow` runs beside the effects."""

    def __init__(self) -> None:
        self._watching: defaultdict[UUID, set[asyncio.Task[None]]] = defaultdict(set)
        self._ended: OrderedDict[UUID, None] = OrderedDict()

    async def follow(self, nc: Client) -> None:
        for event in (ExecutionCancelled, ExecutionFailed):
            await nc.subscribe(subjects.events_of_type(event.type_name), cb=self._receive)
        await asyncio.Event().wait()

    async def _receive(self, msg: Msg) -> None:
        self.ended(UUID(msg.subject.rpartition(".")[2].partition("-")[2]))

    def ended(self, execution_id: UUID) -> None:
        self._ended[execution_id] = None
        if len(self._ended) > REMEMBERED:
            self._ended.popitem(last=False)
        for task in self._watching.get(execution_id, ()):
            log.info("call broken off", execution_id=str(execution_id))
            task.cancel(ABORTED)

    @asynccontextmanager
    async def watch(self, execution_id: UUID) -> AsyncIterator[None]:
        if execution_id in self._ended:
            raise Aborted
        task = current_task()
        before = task.cancelling()
        self._watching[execution_id].add(task)
        try:
            yield
        except asyncio.CancelledError as cancelled:
            if ABORTED in cancelled.args:
                raise Aborted from None
            raise
        finally:
            self._leave(execution_id, task)
            if execution_id in self._ended and task.cancelling() > before:
                task.uncancel()

    def _leave(self, execution_id: UUID, task: "asyncio.Task[None]") -> None:
        self._watching[execution_id].discard(task)
        if not self._watching[execution_id]:
            del self._watching[execution_id]


def current_task() -> "asyncio.Task[None]":
    task = asyncio.current_task()
    assert task is not None, "calls are made in tasks"
    return task
