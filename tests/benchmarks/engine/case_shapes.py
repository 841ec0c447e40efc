"""Runs of one step, of three, of ten in a diamond, and twenty fan-outs at once."""

from collections.abc import Mapping

from schemas.authoring.definition import WorkflowDefinition
from tests.benchmarks.case_workflows import by_hand
from tests.benchmarks.figures import Figure, Peer, Reference, pair
from tests.benchmarks.lanes import seconds_for
from tests.benchmarks.measure import REPETITIONS, Spread, Timing, timed
from tests.benchmarks.setting import Result, Setting
from tests.benchmarks.stage import CHAIN, ITEMS_WANTED, Stage, succeed
from tests.support.builders import noop, workflow
from tests.support.nodes import body, each

IN_FLIGHT = 64
MIDDLE = tuple(f"m{n}" for n in range(8))
DIAMOND = workflow(
    noop("first"),
    *(noop(node) for node in MIDDLE),
    noop("last"),
    edges=[*(("first", node) for node in MIDDLE), *((node, "last") for node in MIDDLE)],
    output="done",
)
SHAPES: Mapping[str, tuple[WorkflowDefinition, int]] = {
    "runs of 1 step": (workflow(noop("a"), output="done"), 1),
    "runs of 3 steps": (CHAIN, 3),
    "diamonds of 10 steps": (DIAMOND, 10),
}
ITEMS, FAN_OUTS = 100, 20
BY_HAND = "one INSERT and commit per start, step and end"


async def measure(stage: Stage) -> Result:
    figures = list[Figure]()
    async with stage.platform() as setting:
        ours = {name: await timing(setting, name) for name in SHAPES}
        stage.say(f"{FAN_OUTS} fan-outs at once")
        items = await fan_outs(setting)
        async with setting.resting():
            for name, (_, steps) in SHAPES.items():
                stage.say(f"{name} by hand")
                peer = Peer("by hand", await by_hand(setting, rows=steps + 2), BY_HAND)
                figures += pair(name, f"{steps} noop steps", IN_FLIGHT, ours[name], [peer])
    return Result([*figures, fan_out_figure(items, ours["runs of 3 steps"])])


async def timing(setting: Setting, name: str) -> Timing:
    setting.say(name)
    definition, _ = SHAPES[name]
    published = await setting.platform.client.publish(definition, setting.tenancy)
    return await timed(lambda: succeed(setting, published), IN_FLIGHT, setting.seconds)


async def fan_outs(setting: Setting) -> Spread:
    """Items per second."""
    node = each("all", "inputs.items", body(noop("work")), max_concurrency=ITEMS)
    published = await setting.platform.client.publish(
        workflow(node, inputs=ITEMS_WANTED, output="done"), setting.tenancy
    )

    async def fan_out() -> None:
        await succeed(setting, published, {"items": list(range(ITEMS))})

    await fan_out()
    took = [await seconds_for(FAN_OUTS, FAN_OUTS, fan_out) for _ in range(REPETITIONS)]
    return Spread.of([FAN_OUTS * ITEMS / seconds for seconds in took])


def fan_out_figure(items: Spread, chains: Timing) -> Figure:
    rate = chains.rate
    steps = Spread(rate.median * 3, rate.low * 3, rate.high * 3)
    reference = Reference("runs of 3 steps", steps, "their steps per second")
    name = f"fan-outs of {ITEMS}, {FAN_OUTS} at once, items"
    return Figure(name, "/s", items, "a noop step per item", (reference,))
