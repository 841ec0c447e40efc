"""The end of a run, or of a part of it, is heard by whoever is in the middle of a call for it."""

import asyncio
from uuid import UUID

import pytest

from bus import codec, subjects
from bus.aborts import Ends
from bus.broker import Bus
from schemas.base import Event
from schemas.execution.events import (
    ExecutionCancelled,
    ExecutionFailed,
    ExecutionSucceeded,
    ItemFailed,
    StepFailed,
)
from schemas.execution.provider_error import Aborted
from schemas.execution.types import CallRef, StepError
from tests.bus.workers import listed, running
from tests.support.builders import NOW, TENANT_ID
from tests.support.engine import row

RUN, OTHER = UUID(int=1), UUID(int=2)


ERROR = StepError(code="provider.unauthorized", message="no")


def call(execution_id: UUID, node: str) -> CallRef:
    return CallRef(execution_id=execution_id, node=node, attempt=1, requested_at=NOW)


class Worker:
    """In the middle of one call after another, which never end by themselves."""

    def __init__(self) -> None:
        self.ends = Ends()
        self.begun: list[UUID] = []
        self.broken_off: list[UUID] = []

    async def call(self, execution_id: UUID, node: str = "ask") -> None:
        try:
            async with self.ends.watch(call(execution_id, node)):
                self.begun.append(execution_id)
                await asyncio.Event().wait()
        except Aborted:
            self.broken_off.append(execution_id)


async def end(bus: Bus, event: type[Event], execution_id: UUID) -> None:
    await bus.js.publish(subjects.event(event.type_name, TENANT_ID, f"execution-{execution_id}"), b"{}")


@pytest.mark.parametrize("event", [ExecutionCancelled, ExecutionFailed])
async def test_the_calls_of_a_run_that_ends_are_broken_off(bus: Bus, event: type[Event]) -> None:
    worker = Worker()
    async with running(worker.ends.follow(bus.nc), worker.call(OTHER)):
        calls = [asyncio.create_task(worker.call(RUN)) for _ in range(2)]
        await listed(worker.begun, 3)
        await end(bus, ExecutionSucceeded, OTHER)
        await end(bus, event, RUN)
        await asyncio.gather(*calls)
        assert worker.broken_off == [RUN, RUN]
        await worker.call(RUN)
        assert worker.begun.count(RUN) == 2
    assert worker.broken_off == [RUN, RUN, RUN]


def part_failed(kind: type[Event], *nodes: str) -> Event:
    left = {"error": ERROR, "open_calls": [call(RUN, node) for node in nodes]}
    where = {"node": "each", "index": 0} if kind is ItemFailed else {"node": "each", "attempt": 1}
    return kind.model_validate({"execution_id": RUN, **where, **left})


@pytest.mark.parametrize("kind", [ItemFailed, StepFailed])
async def test_the_calls_in_a_part_that_fails_are_broken_off_and_the_others_go_on(
    bus: Bus, kind: type[Event]
) -> None:
    worker = Worker()
    async with running(worker.ends.follow(bus.nc), worker.call(RUN, "each[1].ask")):
        calls = [asyncio.create_task(worker.call(RUN, f"each[0].{node}")) for node in ("ask", "tell")]
        await listed(worker.begun, 3)
        event = part_failed(kind, "each[0].ask", "each[0].tell")
        subject = subjects.event(kind.type_name, TENANT_ID, f"execution-{RUN}")
        await bus.js.publish(subject, codec.encode(row(f"execution-{RUN}", 1, event), 0))
        await asyncio.gather(*calls)
        assert worker.broken_off == [RUN, RUN]
        await worker.call(RUN, "each[0].tell")
        assert len(worker.begun) == 3


async def test_a_call_that_hears_of_two_ends_is_broken_off_once_and_its_task_is_whole() -> None:
    worker = Worker()
    task = asyncio.create_task(worker.call(RUN))
    await listed(worker.begun)
    worker.ends.ended(call(RUN, "ask").key)
    worker.ends.ended(RUN)
    await task
    assert worker.broken_off == [RUN]
    assert (task.cancelling(), task.cancelled()) == (0, False)


async def test_work_that_ends_before_its_run_hears_nothing_of_the_end() -> None:
    ends = Ends()
    async with ends.watch(call(RUN, "ask")):
        pass
    ends.ended(RUN)
    await asyncio.sleep(0)
    task = asyncio.current_task()
    assert task is not None and task.cancelling() == 0


async def test_a_task_is_whole_again_after_it_was_broken_off() -> None:
    worker = Worker()
    task = asyncio.create_task(worker.call(RUN))
    await listed(worker.begun)
    worker.ends.ended(RUN)
    await task
    assert (task.cancelling(), task.cancelled()) == (0, False)
