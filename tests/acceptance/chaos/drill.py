"""One drill: the platform up, runs submitted, processes killed, everything waited for, the record read."""

import asyncio
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from uuid import UUID, uuid5

from rich.progress import Progress, TaskID

from schemas.authoring.definition import WorkflowDefinition
from schemas.base import PLATFORM
from schemas.execution.commands import CancelExecution, DeliverSignal
from tests.acceptance.chaos import random_runs, record, story
from tests.acceptance.chaos.checks import AnyRun, Facts
from tests.acceptance.chaos.killer import Killer, blows
from tests.support.client import Refused, Tenancy
from tests.support.llm_process import calls, script, scripted_llm_process
from tests.support.platform import PARTS, Part, RunningPlatform, running_platform

TAIL_SECONDS = 3.0
"""Something is killed after the last submission too: nothing new comes then to uncover what was lost."""

HELD_SECONDS = 5.0
"""Of a worker whose leases are of two: all it had in hand has gone to others when it goes on."""

SCRIPTED_LLM, STORY_LLM = "tests.support.scripted_llm", "tests.acceptance.chaos.story_llm"
SETTLE_SECONDS = 60.0
POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Options:
    seed: int
    runs: int = 200
    kill: Sequence[Part] = PARTS
    kills_each: int = 3
    over_seconds: float = 30.0
    workers: int = 2
    patience_seconds: float = 240.0
    keep: bool = False
    pause: Sequence[Part] = ()
    disorder: bool = False
    random: bool = False

    @property
    def module(self) -> str:
        """Leases of two seconds where workers are to outstay theirs."""
        return "tests.support.impatient_worker" if self.pause or self.disorder else "bus.app"

    @property
    def holds(self) -> int:
        return self.kills_each * (bool(self.pause) + self.disorder)


@dataclass
class Outcome:
    facts: Facts
    seconds: float
    last_end_seconds: float
    settled_down: bool
    seed: int
    killed: Counter[str] = field(default_factory=Counter)
    ended_alone: Counter[str] = field(default_factory=Counter)


@dataclass
class Bars:
    progress: Progress
    kills: TaskID
    submitted: TaskID
    ended: TaskID


async def drill(options: Options, progress: Progress) -> Outcome:
    data = Path(tempfile.mkdtemp(prefix="hb-chaos-"))
    try:
        with scripted_llm_process(STORY_LLM if options.random else SCRIPTED_LLM) as llm:
            workers = ["all"] * options.workers
            async with running_platform(data, workers, llm, options.module) as platform:
                return await Drill(options, platform, llm, bars(options, progress)).run()
    finally:
        if not options.keep:
            shutil.rmtree(data, ignore_errors=True)


def bars(options: Options, progress: Progress) -> Bars:
    kills = progress.add_task("killed", total=len(options.kill) * options.kills_each + options.holds)
    submitted = progress.add_task("submitted", total=options.runs)
    return Bars(progress, kills, submitted, progress.add_task("ended", total=options.runs))


class Drill:
    def __init__(self, options: Options, platform: RunningPlatform, llm: str, shown: Bars) -> None:
        self.options, self.platform, self.llm, self.bars = options, platform, llm, shown
        self.killer = Killer(platform, lambda: shown.progress.advance(shown.kills))

    async def run(self) -> Outcome:
        options, random = self.options, Random(self.options.seed)
        script(self.llm, story.SCRIPTED, story.answers(options.runs, random))
        runs = self.runs(random)
        tenancies, workflows = await self.prepare(runs)
        plan = blows(options.kill, options.kills_each, options.over_seconds + TAIL_SECONDS, random)
        began = time.monotonic()
        keeper = asyncio.ensure_future(self.killer.keep_workers())
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.killer.strike_all(plan))
                group.create_task(self.killer.hold_all(self.moments(random), HELD_SECONDS))
                for run in runs:
                    group.create_task(self.submit(run, workflows[run.kind], tenancies[run.tenant]))
            last_end = await self.all_ended(began)
            settled = await self.settled_down()
        finally:
            keeper.cancel()
        return await self.outcome(runs, began, last_end, settled)

    def runs(self, random: Random) -> Sequence[AnyRun]:
        options = self.options
        if not options.random:
            return story.runs(options.runs, options.over_seconds, random)
        seeds = random_runs.seeds(options.runs, random)
        return random_runs.runs(options.runs, options.over_seconds, seeds, random)

    def moments(self, random: Random) -> list[float]:
        """When a worker is held."""
        end = self.options.over_seconds + TAIL_SECONDS
        return sorted(random.uniform(0, end) for _ in range(self.options.holds))

    async def prepare(self, runs: Sequence[AnyRun]) -> tuple[dict[int, Tenancy], dict[str, UUID]]:
        client = self.platform.client
        tenancies = {run.tenant: Tenancy(PLATFORM, None) for run in runs}
        for number in tenancies:
            tenancies[number] = await client.provision(f"chaos{number}")
        for model in (story.MODEL, random_runs.MODEL):
            await client.set_rate(model)
        published: dict[str, UUID] = {}
        for run in runs:
            if run.kind not in published:
                definition = definition_of(run)
                published[run.kind] = await client.publish(definition, tenancies[run.tenant], run.kind)
        return tenancies, published

    async def submit(self, run: AnyRun, workflow: UUID, tenancy: Tenancy) -> None:
        client = self.platform.client
        await asyncio.sleep(run.at)
        await client.start_run(workflow, tenancy, run.inputs, run.id)
        self.bars.progress.advance(self.bars.submitted)
        for name in run.signals:
            signal = DeliverSignal(execution_id=run.id, name=name, payload={"event": name})
            with suppress(Refused):
                await client.do(signal, tenancy, message_id=uuid5(run.id, name))
        if run.cancel_after is not None:
            await asyncio.sleep(run.cancel_after)
            cancel = CancelExecution(execution_id=run.id, reason="enough")
            await client.do(cancel, tenancy, message_id=uuid5(run.id, "cancel"))

    async def all_ended(self, began: float) -> float:
        """Seconds until the last run's end, or until patience was over."""
        while time.monotonic() - began < self.options.patience_seconds:
            ended = await record.ended(self.platform.database_url)
            if ended is not None:
                self.bars.progress.update(self.bars.ended, completed=ended)
            if ended == self.options.runs:
                break
            await asyncio.sleep(POLL_SECONDS)
        return time.monotonic() - began

    async def settled_down(self) -> bool:
        deadline = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < deadline:
            if await record.settled_down(self.platform.database_url, self.platform.client.bus.js):
                return True
            await asyncio.sleep(POLL_SECONDS)
        return False

    async def outcome(self, runs: Sequence[AnyRun], began: float, last_end: float, settled: bool) -> Outcome:
        read = await record.read(self.platform.database_url, self.platform.client.bus.js)
        facts = Facts(runs, read, calls(self.llm, story.SCRIPTED if not self.options.random else "stories"))
        return Outcome(
            facts,
            time.monotonic() - began,
            last_end,
            settled,
            self.options.seed,
            self.killer.killed,
            self.killer.ended_alone,
        )


def definition_of(run: AnyRun) -> WorkflowDefinition:
    if isinstance(run, story.Run):
        return story.DEFINITIONS[run.kind]
    return random_runs.story_of(run.seed).definition
