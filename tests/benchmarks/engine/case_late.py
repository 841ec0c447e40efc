"""Thousands of runs wait for a worker that comes late."""

import time
from uuid import UUID, uuid4

import psycopg

from schemas.authoring.nodes import NoopNode
from tests.benchmarks.engine.ends import News
from tests.benchmarks.figures import Figure, Reference
from tests.benchmarks.lanes import seconds_for
from tests.benchmarks.measure import Spread
from tests.benchmarks.setting import Result, Setting
from tests.benchmarks.stage import Broken, Stage
from tests.support.builders import workflow

IN_FLIGHT = 256
PATIENT = workflow(NoopNode(type="noop", id="a", timeout_seconds=900), output="done")
LATE = 1
"""Which of the two workers: the one that reacts."""

NOT_ENDED = """SELECT count(DISTINCT originator_id) FILTER (WHERE topic LIKE '%.started')
    - count(DISTINCT originator_id) FILTER (WHERE topic LIKE '%.succeeded')
    FROM stored_events WHERE originator_id LIKE 'execution-%'"""


async def measure(stage: Stage) -> Result:
    runs = stage.pick(5_000, 1_000)
    async with stage.platform() as setting:
        published = await setting.platform.client.publish(PATIENT, setting.tenancy)
        news = News()
        await news.follow(setting.platform.client.bus, setting.tenancy)
        stage.say("the same with the worker there")
        punctual = await drained(setting, news, published, runs)
        await setting.catch_up()
        late = setting.platform.workers[LATE]
        await late.stop()
        stage.say(f"{runs:,} runs come, nobody reacts")
        waiting = await submitted(setting, published, runs)
        stage.say("the worker starts")
        began = time.perf_counter()
        await late.start()
        await news.all_ended(waiting)
        took = time.perf_counter() - began
        lost = await not_ended(setting)
    reference = Reference("worker there", Spread.once(punctual), "from the first command to the last end")
    shape = "runs of 1 noop step, submitted while nothing reacts; from the worker's start to the last end"
    return Result(
        [
            Figure(f"late worker, {runs:,} runs", "s", Spread.once(took), shape, (reference,)),
            Figure("late worker, runs lost", "runs", Spread.once(lost), "started and not succeeded"),
        ]
    )


async def drained(setting: Setting, news: News, published: UUID, runs: int) -> float:
    began = time.perf_counter()
    await news.all_ended(await submitted(setting, published, runs))
    return time.perf_counter() - began


async def submitted(setting: Setting, published: UUID, runs: int) -> set[UUID]:
    started = set[UUID]()

    async def start() -> None:
        started.add(await setting.platform.client.start_run(published, setting.tenancy, {}, uuid4()))

    await seconds_for(runs, IN_FLIGHT, start)
    return started


async def not_ended(setting: Setting) -> int:
    async with await psycopg.AsyncConnection.connect(setting.platform.database_url) as conn:
        row = await (await conn.execute(NOT_ENDED)).fetchone()
    if row is None:
        raise Broken("Postgres does not tell")
    return int(row[0])
