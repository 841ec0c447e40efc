"""Metered calls per second with the effects in 1, 2 and 4 processes, and what it costs the machine."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import psutil
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError

from bus import wiring
from bus.app import ROLES
from bus.streams import EVENTS
from tests.benchmarks.figures import Figure, Reference
from tests.benchmarks.lines import Chart, Line, Point
from tests.benchmarks.measure import REPETITIONS, Spread, rate
from tests.benchmarks.setting import Result, Setting
from tests.benchmarks.stage import UNLIMITED, Stage, succeed
from tests.bus.workers import until
from tests.support.builders import llm, workflow
from tests.support.llm_process import script
from tests.support.llm_script import Behaviour
from tests.support.platform import START_SECONDS, worker_process

PROCESSES = (1, 2, 4)
ONE_AT_A_TIME, AS_DELIVERED = 1, 64
MODEL, DELAY_SECONDS = "scale-bench", 0.02
DEFINITION = workflow(llm("answer", model=f"openai/{MODEL}"), output="{{ steps.answer.output }}")
OTHERS = ",".join(role for role in ROLES if role != "effects")
IN_FLIGHT = {ONE_AT_A_TIME: 16, AS_DELIVERED: 128}
"""Runs, by calls at a time: more only wait."""


@dataclass(frozen=True)
class Measured:
    processes: int
    calls: Spread
    machine: float
    """Share of all processors that was busy."""
    others: float
    """Of one processor, what the process with all other roles took."""


async def measure(stage: Stage) -> Result:
    script(stage.llm_url, MODEL, [Behaviour(delay_ms=DELAY_SECONDS * 1000, text="Hello.")])
    async with stage.platform([OTHERS]) as setting:
        client = setting.platform.client
        await client.set_rate(f"openai/{MODEL}")
        published = await client.publish(DEFINITION, setting.tenancy)
        single = await scaled(stage, setting, published, ONE_AT_A_TIME)
        many = await scaled(stage, setting, published, AS_DELIVERED)
    figures = [*figures_of(single, ONE_AT_A_TIME), *figures_of(many, AS_DELIVERED)]
    return Result(figures, charts={"scale-out": [chart(single, ONE_AT_A_TIME), chart(many, AS_DELIVERED)]})


async def scaled(stage: Stage, setting: Setting, published: UUID, at_a_time: int) -> list[Measured]:
    found = list[Measured]()
    for processes in PROCESSES:
        async with effects(setting, processes, at_a_time):
            await succeed(setting, published)
            stage.say(f"{processes} processes, {at_a_time} calls at a time each")
            found.append(await measured(setting, published, processes, IN_FLIGHT[at_a_time]))
    return found


@asynccontextmanager
async def effects(setting: Setting, processes: int, at_a_time: int) -> AsyncIterator[None]:
    """So many processes that do nothing but calls."""
    settings = UNLIMITED | {"effect_concurrency": str(at_a_time)}
    async with AsyncExitStack() as stack:
        for number in range(processes):
            name = f"effects-{number}"
            worker = worker_process(setting.platform, name, "effects", setting.llm_url, **settings)
            stack.push_async_callback(worker.stop)
            await worker.start()
        await until_they_pull(setting, processes)
        yield


async def until_they_pull(setting: Setting, processes: int) -> None:
    """A process that still starts would take from the others instead of helping them."""
    js = setting.platform.client.bus.js
    for context in wiring.effects_by_context():
        await until(partial(pulled_by, js, f"effects-{context}", processes), START_SECONDS)


async def pulled_by(js: JetStreamContext, consumer: str, processes: int) -> bool:
    try:
        return ((await js.consumer_info(EVENTS, consumer)).num_waiting or 0) >= processes
    except NotFoundError:
        return False


async def measured(setting: Setting, published: UUID, processes: int, in_flight: int) -> Measured:
    found, machine, others = list[float](), list[float](), list[float]()
    worker = setting.platform.workers[0].process
    watched = psutil.Process(worker.pid if worker else None)
    for _ in range(REPETITIONS):
        psutil.cpu_percent()
        watched.cpu_percent()
        found.append(await rate(lambda: succeed(setting, published), in_flight, setting.seconds))
        machine.append(psutil.cpu_percent())
        others.append(watched.cpu_percent())
    return Measured(processes, Spread.of(found), Spread.of(machine).median, Spread.of(others).median)


def figures_of(found: Sequence[Measured], at_a_time: int) -> list[Figure]:
    first = Reference("1 process", found[0].calls)
    ideal = [Reference("ideal", Spread.once(most(m.processes, at_a_time))) for m in found]
    return [
        Figure(
            f"calls, {m.processes} effects x {at_a_time} at a time",
            "/s",
            m.calls,
            f"20 ms provider; machine {m.machine:.0f} % busy, all other roles {m.others:.0f} % of a core",
            (limit, first) if m.processes > 1 else (limit,),
        )
        for m, limit in zip(found, ideal, strict=True)
    ]


def most(processes: int, at_a_time: int) -> float:
    return processes * at_a_time / DELAY_SECONDS


def chart(found: Sequence[Measured], at_a_time: int) -> Chart:
    """Without the ideal where it is far above what any machine does."""
    notes = [f"{m.calls.median:.0f}/s, CPU {m.machine:.0f} %" for m in found]
    ours = [Point(m.processes, m.calls.median, note) for m, note in zip(found, notes, strict=True)]
    lines = [Line("HireBuddha", ours)]
    if at_a_time == ONE_AT_A_TIME:
        ideal = [Point(m.processes, most(m.processes, at_a_time)) for m in found]
        lines.append(Line("without overhead", ideal, ideal=True))
    calls = "one call" if at_a_time == ONE_AT_A_TIME else f"{at_a_time} calls"
    title = f"Metered calls per second, provider of 20 ms, {calls} at a time in each process"
    return Chart(title, "effects processes", lines)
