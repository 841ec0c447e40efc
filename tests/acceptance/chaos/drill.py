"""One drill: the platform up, runs asked for, processes killed, everything waited for, the record read."""

import asyncio
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx2
from rich.progress import Progress, TaskID

from api.adapters.vault import opened_accounts
from infra.crypto.master_key import NAME as MASTER_KEY
from infra.crypto.master_key import key_in
from tests.acceptance.chaos import random_runs, record, story
from tests.acceptance.chaos.asking import ask_for
from tests.acceptance.chaos.facts import Facts, Side
from tests.acceptance.chaos.killer import Killer, blows
from tests.acceptance.chaos.operator import suspend_all, suspensions
from tests.acceptance.chaos.options import Options
from tests.acceptance.chaos.people import People
from tests.acceptance.chaos.runs import AnyRun
from tests.acceptance.chaos.stage import Stage, Tenant
from tests.acceptance.chaos.web import http_client
from tests.support.llm_process import calls, control, script, server_process
from tests.support.platform import RunningPlatform, running_platform

TAIL_SECONDS = 3.0
"""Something is killed after the last run was asked for: nothing new comes then to uncover what was lost."""

HELD_SECONDS = 5.0
"""Of a worker whose leases are of two: all it had in hand has gone to others when it goes on."""

SCRIPTED_LLM, STORY_LLM = "tests.support.scripted_llm", "tests.acceptance.chaos.story_llm"
STORY_TOOLS = "tests.acceptance.chaos.story_tools"
SETTLE_SECONDS = 60.0
POLL_SECONDS = 0.5


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
    asked: TaskID
    ended: TaskID


@dataclass(frozen=True)
class Outside:
    """Servers that are not the platform's: nobody kills them."""

    llm: str
    tools: str


async def drill(options: Options, progress: Progress) -> Outcome:
    data = Path(tempfile.mkdtemp(prefix="hb-chaos-"))
    try:
        with (
            server_process(STORY_LLM if options.random else SCRIPTED_LLM) as llm,
            server_process(STORY_TOOLS) as tools,
        ):
            async with (
                running_platform(
                    data,
                    ["all"] * options.workers,
                    llm,
                    options.module,
                    settings={"outbound_allow": urlsplit(tools).netloc},
                    arguments=options.arguments,
                    with_api=True,
                ) as platform,
                http_client(platform.api_url) as http,
            ):
                outside = Outside(llm, tools)
                return await Drill(options, platform, http, outside, bars(options, progress)).run()
    finally:
        if not options.keep:
            shutil.rmtree(data, ignore_errors=True)


def bars(options: Options, progress: Progress) -> Bars:
    blows = len(options.kill) * options.kills_each + options.holds + options.suspensions
    kills = progress.add_task("struck", total=blows)
    asked = progress.add_task("asked for", total=options.runs)
    return Bars(progress, kills, asked, progress.add_task("ended", total=options.runs))


class Drill:
    def __init__(
        self,
        options: Options,
        platform: RunningPlatform,
        http: httpx2.AsyncClient,
        outside: Outside,
        shown: Bars,
    ) -> None:
        self.options, self.platform, self.outside, self.bars = options, platform, outside, shown
        self.killer = Killer(platform, lambda: shown.progress.advance(shown.kills))
        lots = Random(options.seed) if options.disorder else None
        accounts = partial(opened_accounts, platform.database_url, key_in(platform.data / MASTER_KEY))
        self.stage = Stage(platform.client, http, accounts, outside.tools, lots)
        self.ids: dict[str, UUID] = {}

    async def run(self) -> Outcome:
        options, random = self.options, Random(self.options.seed)
        script(self.outside.llm, story.SCRIPTED, story.answers(options.runs, random))
        runs = self.runs(random)
        tenants = {number: await self.stage.tenant(number) for number in {run.tenant for run in runs}}
        workflows = await self.stage.workflows(runs, tenants)
        over_seconds = options.over_seconds + TAIL_SECONDS
        plan = blows(options.kill, options.kills_each, over_seconds, random)
        breaks = suspensions(options.suspensions, over_seconds, len(tenants), random)
        began = time.monotonic()
        async with beside(self.killer.keep_alive(), People(tenants.values()).work()):
            async with asyncio.TaskGroup() as group:
                group.create_task(self.killer.strike_all(plan))
                group.create_task(self.killer.hold_all(self.moments(random), HELD_SECONDS))
                group.create_task(suspend_all(breaks, list(tenants.values()), self.suspended))
                for run in runs:
                    group.create_task(self.ask_for(run, workflows[run.kind], tenants[run.tenant]))
            last_end = await self.all_ended(began)
            settled = await self.settled_down()
        return await self.outcome(runs, tenants, began, last_end, settled)

    def suspended(self) -> None:
        self.killer.killed["suspended tenant"] += 1
        self.killer.on_kill()

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

    async def ask_for(self, run: AnyRun, workflow: UUID, tenant: Tenant) -> None:
        await asyncio.sleep(run.at)
        async for id_ in ask_for(run, workflow, tenant.owner):
            self.ids[run.key] = id_
            self.bars.progress.advance(self.bars.asked)

    async def all_ended(self, began: float) -> float:
        """Seconds until the last run's end, or until patience was over."""
        while time.monotonic() - began < self.options.patience_seconds:
            ended = await record.ended(self.platform.database_url, self.ids.values())
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
        self,
        runs: Sequence[AnyRun],
        tenants: Mapping[int, Tenant],
        began: float,
        last_end: float,
        settled: bool,
    ) -> Outcome:
        facts = Facts(
            [replace(run, id=self.ids[run.key]) for run in runs],
            await record.read(self.platform.database_url, self.platform.client.bus.js),
            {number: await side(tenant) for number, tenant in tenants.items()},
            calls(self.outside.llm, story.SCRIPTED if not self.options.random else "stories"),
            control(self.outside.tools, "GET", "/_asked"),
        )
        seconds = time.monotonic() - began
        killer = self.killer
        return Outcome(
            facts, seconds, last_end, settled, self.options.seed, killer.killed, killer.ended_alone
        )


@asynccontextmanager
async def beside(*works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """What never ends by itself, as long as the block lasts. If one fails, the block does."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work) for work in works]
        yield
        for task in tasks:
            task.cancel()


async def side(tenant: Tenant) -> Side:
    shown = [UUID(run["job_id"]) async for run in tenant.owner.pages("/executions")]
    return Side(tenant.tenancy.tenant_id, str(tenant.owner), str(tenant.chief), shown)
