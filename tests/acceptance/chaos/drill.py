"""One drill: the platform up, runs submitted, processes killed, everything waited for, the record read."""

import asyncio
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from uuid import UUID

from rich.progress import Progress, TaskID

from tests.acceptance.chaos import record, story
from tests.acceptance.chaos.checks import Facts
from tests.acceptance.chaos.killer import Killer, blows
from tests.support.client import Tenancy
from tests.support.llm_process import calls, script, scripted_llm_process
from tests.support.platform import PARTS, Part, RunningPlatform, running_platform

TAIL_SECONDS = 3.0
"""Something is killed after the last submission too: nothing new comes then to uncover what was lost."""

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


@dataclass
class Outcome:
    facts: Facts
    seconds: float
    last_end_seconds: float
    settled_down: bool
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
        with scripted_llm_process() as llm:
            async with running_platform(data, ["all"] * options.workers, llm) as platform:
                return await Drill(options, platform, llm, bars(options, progress)).run()
    finally:
        if not options.keep:
            shutil.rmtree(data, ignore_errors=True)


def bars(options: Options, progress: Progress) -> Bars:
    kills = progress.add_task("killed", total=len(options.kill) * options.kills_each)
    submitted = progress.add_task("submitted", total=options.runs)
    return Bars(progress, kills, submitted, progress.add_task("ended", total=options.runs))


class Drill:
    def __init__(self, options: Options, platform: RunningPlatform, llm: str, shown: Bars) -> None:
        self.options, self.platform, self.llm, self.bars = options, platform, llm, shown
        self.killer = Killer(platform, lambda: shown.progress.advance(shown.kills))

    async def run(self) -> Outcome:
        options, random = self.options, Random(self.options.seed)
        script(self.llm, story.SCRIPTED, story.answers(options.runs, random))
        tenancy, workflows = await self.prepare()
        runs = story.runs(options.runs, options.over_seconds, random)
        plan = blows(options.kill, options.kills_each, options.over_seconds + TAIL_SECONDS, random)
        began = time.monotonic()
        keeper = asyncio.ensure_future(self.killer.keep_workers())
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.killer.strike_all(plan))
                for run in runs:
                    group.create_task(self.submit(run, workflows[run.kind], tenancy))
            last_end = await self.all_ended(began)
            settled = await self.settled_down()
        finally:
            keeper.cancel()
        return await self.outcome(runs, began, last_end, settled)

    async def prepare(self) -> tuple[Tenancy, dict[str, UUID]]:
        client = self.platform.client
        tenancy = await client.provision("chaos")
        await client.set_rate(story.MODEL)
        published = {
            kind: await client.publish(definition, tenancy, kind)
            for kind, definition in story.DEFINITIONS.items()
        }
        return tenancy, published

    async def submit(self, run: story.Run, workflow: UUID, tenancy: Tenancy) -> None:
        await asyncio.sleep(run.at)
        await self.platform.client.start_run(workflow, tenancy, run.inputs, run.id)
        self.bars.progress.advance(self.bars.submitted)

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

    async def outcome(
        self, runs: Sequence[story.Run], began: float, last_end: float, settled: bool
    ) -> Outcome:
        read = await record.read(self.platform.database_url, self.platform.client.bus.js)
        facts = Facts(runs, read, calls(self.llm, story.SCRIPTED))
        return Outcome(
            facts,
            time.monotonic() - began,
            last_end,
            settled,
            self.killer.killed,
            self.killer.ended_alone,
        )
