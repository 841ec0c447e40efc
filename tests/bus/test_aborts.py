"""The end of a run is heard by whoever is in the middle of a call for it."""

import asyncio
from uuid import UUID

import pytest

from bus import subjects
from bus.aborts import RunEnds
from bus.broker import Bus
from schemas.base import Event
from schemas.execution.events import ExecutionCancelled, ExecutionFailed, ExecutionSucceeded
from schemas.execution.provider_error import Aborted
from tests.bus.workers import listed, running
from tests.support.builders import TENANT_ID

RUN, OTHER = UUID(int=1), UUID(int=2)


class Worker:
    """In the middle of one call after another, which never end by themselves."""

    def __init__(self) -> None:
        self.ends = RunEnds()
        self.begun: list[UUID] = []
        self.broken_off: list[UUID] = []

    async def call(self, execution_id: UUID) -> None:
        try:
            async with self.ends.watch(execution_id):
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


async def test_work_that_ends_before_its_run_hears_nothing_of_the_end() -> None:
    ends = RunEnds()
    async with ends.watch(RUN):
        pass
    ends.ended(RUN)
    await asyncio.sleep(0)
    task = asyncio.current_task()
    assert task is not None and task.cancelling() == 0


async def test_a_task_is_whole_again_after_it_was_broken_off() -> None:
    worker = Worker()
    call = asyncio.create_task(worker.call(RUN))
    await listed(worker.begun)
    worker.ends.ended(RUN)
    await call
    assert (call.cancelling(), call.cancelled()) == (0, False)
