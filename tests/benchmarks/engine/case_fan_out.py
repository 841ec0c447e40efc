"""One run that maps over 1,000 items: all its events meet on one stream."""

import math
import time
from uuid import UUID

from schemas.authoring.nodes import Body
from tests.benchmarks.figures import Figure, Reference
from tests.benchmarks.lanes import seconds_for
from tests.benchmarks.measure import REPETITIONS, Spread
from tests.benchmarks.setting import Result, Setting
from tests.benchmarks.stage import CHAIN, ITEMS_WANTED, Stage, succeed
from tests.support.builders import noop, workflow
from tests.support.nodes import body, each, transform

ITEMS, AT_ONCE, IN_FLIGHT = 1_000, 256, 64
WANTED = Reference("wanted", Spread.once(3.0), "the most it may take")
STEPS_PER_CHAIN = 3
SHAPE = f"start -> {{}} for each of {ITEMS:,} items, {AT_ONCE} at a time -> end; one run, one stream"


async def measure(stage: Stage) -> Result:
    async with stage.platform() as setting:
        stage.say("the same number of steps in short runs")
        chains = Reference("runs of 3 steps", await spread_out(setting), "as many steps on many streams")
        stage.say("a durable step per item")
        durable = await mapped(setting, body(noop("work"), output="{{ item }}"))
        stage.say("a pure step per item")
        pure = await mapped(setting, body(transform("work", "item"), output="{{ steps.work.output }}"))
    return Result(
        [
            Figure(f"fan-out of {ITEMS:,}", "s", durable, SHAPE.format("a noop step"), (WANTED, chains)),
            Figure(f"fan-out of {ITEMS:,}, pure", "s", pure, SHAPE.format("a CEL expression"), (WANTED,)),
        ]
    )


async def mapped(setting: Setting, inside: Body) -> Spread:
    node = each("all", "inputs.items", inside, max_items=ITEMS, max_concurrency=AT_ONCE)
    client = setting.platform.client
    published = await client.publish(workflow(node, inputs=ITEMS_WANTED, output="done"), setting.tenancy)
    await succeed(setting, published, {"items": [1]})
    return Spread.of([await once(setting, published) for _ in range(REPETITIONS)])


async def once(setting: Setting, published: UUID) -> float:
    began = time.perf_counter()
    await succeed(setting, published, {"items": list(range(ITEMS))})
    return time.perf_counter() - began


async def spread_out(setting: Setting) -> Spread:
    published = await setting.platform.client.publish(CHAIN, setting.tenancy)
    runs = math.ceil(ITEMS / STEPS_PER_CHAIN)
    return Spread.of(
        [await seconds_for(runs, IN_FLIGHT, lambda: succeed(setting, published)) for _ in range(REPETITIONS)]
    )
