"""One tenant floods the platform; a hundred small ones start a run each meanwhile."""

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from tests.benchmarks.engine.ends import News
from tests.benchmarks.engine.flood import flooding
from tests.benchmarks.figures import Figure, Reference
from tests.benchmarks.measure import Spread
from tests.benchmarks.setting import Result, Setting
from tests.benchmarks.stage import CHAIN, Stage
from tests.support.client import Tenancy

SMALL, PROVISIONED_AT_ONCE = 100, 10
PAUSE_MS, QUICK_PAUSE_MS = 50, 30


@dataclass(frozen=True)
class Tenant:
    tenancy: Tenancy
    workflow_id: UUID


@dataclass(frozen=True)
class Times:
    """Milliseconds from the submission."""

    to_step: Sequence[float]
    to_end: Sequence[float]


async def measure(stage: Stage) -> Result:
    runs, pause = stage.pick(10_000, 5_000), stage.pick(PAUSE_MS, QUICK_PAUSE_MS) / 1000
    async with stage.platform(limited=True) as setting:
        stage.say(f"{SMALL} tenants come")
        small, news = await tenants(setting)
        hot = await setting.platform.client.publish(CHAIN, setting.tenancy)
        stage.say("their first runs")
        await visits(setting, news, small, pause)
        stage.say("their runs alone")
        alone = await visits(setting, news, small, pause)
        await setting.catch_up()
        stage.say(f"their runs beside {runs:,} of another tenant")
        async with flooding(setting.platform.nats.url, setting.tenancy, hot, runs):
            beside = await visits(setting, news, small, pause)
    shape = f"{SMALL} tenants, a run of 3 steps each, while another submits {runs:,}"
    return Result(
        [
            *compared("hot tenant: others' first step", shape, beside.to_step, alone.to_step),
            *compared("hot tenant: others' whole run", shape, beside.to_end, alone.to_end),
        ]
    )


async def tenants(setting: Setting) -> tuple[list[Tenant], News]:
    client, news = setting.platform.client, News()
    free = asyncio.Semaphore(PROVISIONED_AT_ONCE)

    async def come(number: int) -> Tenant:
        async with free:
            tenancy = await client.provision(f"small-{number}")
            await news.follow(client.bus, tenancy)
            return Tenant(tenancy, await client.publish(CHAIN, tenancy))

    return list(await asyncio.gather(*(come(number) for number in range(SMALL)))), news


async def visits(setting: Setting, news: News, small: Sequence[Tenant], pause: float) -> Times:
    """One tenant after the other submits a run; nobody waits for anybody's end."""
    submitted, answers = dict[UUID, float](), list[asyncio.Task[UUID]]()
    client = setting.platform.client
    for tenant in small:
        run = uuid4()
        submitted[run] = time.perf_counter()
        start = client.start_run(tenant.workflow_id, tenant.tenancy, {}, run)
        answers.append(asyncio.create_task(start))
        await asyncio.sleep(pause)
    await asyncio.gather(*answers)
    await news.all_ended(set(submitted))
    return Times(
        [(news.stepped[run] - at) * 1000 for run, at in submitted.items()],
        [(news.ended[run] - at) * 1000 for run, at in submitted.items()],
    )


def compared(name: str, shape: str, beside: Sequence[float], alone: Sequence[float]) -> list[Figure]:
    return [
        Figure(f"{name}, p{p}", "ms", told(beside, p), shape, (Reference("unloaded", told(alone, p)),))
        for p in (50, 95)
    ]


def told(values: Sequence[float], percent: int) -> Spread:
    return Spread.once(statistics.quantiles(values, n=100)[percent - 1])
