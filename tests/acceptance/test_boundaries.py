"""Workers crash, or stand still, at every durable boundary: each run is told to its end and paid once."""

import asyncio
import shutil
import signal
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest

from bus.dead_letters import listing
from bus.failpoints import CRASHED, POINTS
from infra.embedded.app_process import AppProcess
from infra.eventstore.mapper import recorded
from infra.eventstore.postgres import PostgresEventStore
from schemas.base import Event
from schemas.billing.events import CallSettled
from schemas.execution import events as e
from tests.acceptance.chaos import story
from tests.bus.workers import until
from tests.support.builders import noop, workflow
from tests.support.client import Tenancy
from tests.support.llm_process import calls, script, scripted_llm_process
from tests.support.llm_script import Behaviour
from tests.support.platform import RunningPlatform, running_platform, worker_process

ENDS = (e.ExecutionSucceeded, e.ExecutionFailed)
ASK = workflow(
    noop("begin"),
    story.llm("answer", "hello"),
    edges=[("begin", "answer")],
    output="{{ steps.answer.output }}",
)
PATIENCE_SECONDS = 300.0
E = TypeVar("E", bound=Event)


class Drill:
    """A platform whose workers have short leases and begin one by one."""

    def __init__(self, platform: RunningPlatform, llm_url: str) -> None:
        self.platform, self.llm_url = platform, llm_url
        self.store = PostgresEventStore(platform.database_url)
        self.workers: list[AppProcess] = []

    async def begin(self, roles: str = "all", failpoints: str = "") -> AppProcess:
        name, module = f"impatient-{len(self.workers)}", "tests.support.impatient_worker"
        worker = worker_process(self.platform, name, roles, self.llm_url, module, failpoints=failpoints)
        self.workers.append(worker)
        await worker.start()
        return worker

    async def prepared(self) -> tuple[UUID, Tenancy]:
        client = self.platform.client
        tenancy = await client.provision("drill")
        await client.set_rate(story.MODEL)
        return await client.publish(ASK, tenancy), tenancy

    async def events(self, kind: type[E] | tuple[type[E], ...]) -> list[E]:
        rows = await asyncio.to_thread(self.store.after, 0, 10_000)
        found = [recorded(row).event for row in rows]
        return [event for event in found if isinstance(event, kind)]

    async def ended(self, count: int) -> bool:
        return len(await self.events(ENDS)) >= count

    async def assert_told_and_paid_once(self, runs: Sequence[UUID]) -> None:
        succeeded = Counter(event.execution_id for event in await self.events(e.ExecutionSucceeded))
        assert succeeded == Counter(runs)
        steps = Counter((s.execution_id, s.node) for s in await self.events(e.StepSucceeded))
        assert set(steps.values()) == {1}
        settled = Counter(event.call.key for event in await self.events(CallSettled))
        completed = Counter(event.call.key for event in await self.events(e.CallCompleted))
        assert settled | completed == settled
        assert set(settled.values()) == set(completed.values()) == {1}
        assert await listing(self.platform.client.bus.js) == []


@pytest.fixture
async def drill() -> AsyncIterator[Drill]:
    folder = Path(tempfile.mkdtemp(prefix="hb-boundaries-"))
    with scripted_llm_process() as llm_url:
        async with running_platform(folder, (), llm_url) as platform:
            drill = Drill(platform, llm_url)
            yield drill
            for worker in drill.workers:
                await worker.stop()
            drill.store.close()
    shutil.rmtree(folder, ignore_errors=True)


async def test_a_crash_at_any_boundary_loses_and_doubles_nothing(drill: Drill) -> None:
    first = await drill.begin()
    workflow_id, tenancy = await drill.prepared()
    await first.stop()
    wishes: list[asyncio.Task[Any]] = []
    runs = [uuid4() for _ in POINTS]
    for point, run in zip(sorted(POINTS), runs, strict=True):
        worker = await drill.begin(failpoints=f"{point}=crash")
        wish = drill.platform.client.start_run(workflow_id, tenancy, {}, run)
        wishes.append(asyncio.create_task(wish))
        assert await exit_code(worker) == CRASHED, point
    await drill.begin()
    await asyncio.gather(*wishes)
    await until(lambda: drill.ended(len(runs)), PATIENCE_SECONDS)
    await drill.assert_told_and_paid_once(runs)


async def exit_code(worker: AppProcess) -> int:
    assert worker.process
    return await asyncio.to_thread(worker.process.wait, PATIENCE_SECONDS)


async def test_a_worker_that_stood_still_changes_nothing_when_it_wakes(drill: Drill) -> None:
    """Its lease ran out, another worker took over; its late answer is paid, and no step succeeds twice."""
    script(drill.llm_url, story.SCRIPTED, [Behaviour(delay_ms=500)])
    await drill.begin("commands,relay,policies,projections,timers")
    sleeper = await drill.begin("effects")
    workflow_id, tenancy = await drill.prepared()
    run = await drill.platform.client.start_run(workflow_id, tenancy, {})
    await until(lambda: asked(drill.llm_url), PATIENCE_SECONDS)
    assert sleeper.process
    sleeper.process.send_signal(signal.SIGSTOP)
    await drill.begin("effects")
    await until(lambda: drill.ended(1), PATIENCE_SECONDS)
    assert calls(drill.llm_url, story.SCRIPTED) == 2
    sleeper.process.send_signal(signal.SIGCONT)
    await until(lambda: both_paid(drill), PATIENCE_SECONDS)
    await drill.assert_told_and_paid_once([run])


async def asked(llm_url: str) -> bool:
    return await asyncio.to_thread(calls, llm_url, story.SCRIPTED) == 1


async def both_paid(drill: Drill) -> bool:
    return len(await drill.events(CallSettled)) == 2
