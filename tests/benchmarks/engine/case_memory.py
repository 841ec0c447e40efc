"""What the workers keep in memory while thousands of runs come and go."""

import statistics
from collections.abc import Sequence

import psutil

from infra.embedded.backends import WORKERS
from schemas.authoring.parts import InputSpec
from tests.benchmarks.figures import Figure
from tests.benchmarks.lanes import seconds_for
from tests.benchmarks.lines import Chart, Line, Point
from tests.benchmarks.measure import Spread
from tests.benchmarks.setting import Result, Setting
from tests.benchmarks.stage import Stage, succeed
from tests.support.builders import noop, text, workflow

IN_FLIGHT = 64
LETTER = "{{ inputs.letter }}"
DEFINITION = workflow(
    *(noop(f"step{n}") for n in range(3)),
    *(text(f"text{n}", LETTER) for n in range(3)),
    edges=[(f"step{n}", f"text{n}") for n in range(3)] + [(f"text{n}", f"step{n + 1}") for n in range(2)],
    inputs={"letter": InputSpec()},
    output="{{ steps.text2.output }}",
)
INPUTS = {"letter": "All work and no play. " * 46}
STAGES, WARM, TOLD = 20, 4, (2, 4, 10, 20)
"""Memory is read so many times; the slope begins after the first few; those told in the table."""


async def measure(stage: Stage) -> Result:
    runs = stage.pick(10_000, 2_000)
    async with stage.platform() as setting:
        published = await setting.platform.client.publish(DEFINITION, setting.tenancy)
        samples: dict[str, list[float]] = {name: [] for name in WORKERS}
        for number in range(1, STAGES + 1):
            stage.say(f"{number * runs // STAGES:,} runs")
            await seconds_for(runs // STAGES, IN_FLIGHT, lambda: succeed(setting, published, INPUTS))
            await setting.catch_up()
            for name, megabytes in read(setting).items():
                samples[name].append(megabytes)
    step = runs // STAGES
    figures = [*(figure for name in WORKERS for figure in figures_of(name, samples[name], step))]
    return Result(figures, charts={"worker-memory": [chart(name, samples[name], step) for name in WORKERS]})


def read(setting: Setting) -> dict[str, float]:
    """Resident megabytes."""
    running = zip(WORKERS, setting.platform.workers, strict=True)
    pids = {name: worker.process.pid for name, worker in running if worker.process}
    return {name: psutil.Process(pid).memory_info().rss / 1024**2 for name, pid in pids.items()}


def figures_of(name: str, megabytes: Sequence[float], step: int) -> list[Figure]:
    shape = "runs of 3 noop steps, each followed by a text of 1 KB"
    told = [
        Figure(f"{name}, memory after {n * step:,} runs", "MB", Spread.once(megabytes[n - 1]), shape)
        for n in TOLD
    ]
    slope = Spread.once(per_run(megabytes, step))
    return [*told, Figure(f"{name}, growth after {WARM * step:,}", "KB a run", slope, shape)]


def per_run(megabytes: Sequence[float], step: int) -> float:
    """Kilobytes by which a run raises it, once warm."""
    runs = [n * step for n in range(WARM, len(megabytes))]
    return statistics.linear_regression(runs, megabytes[WARM:]).slope * 1024


def chart(name: str, megabytes: Sequence[float], step: int) -> Chart:
    points = [Point((n + 1) * step, y, note(n + 1, y)) for n, y in enumerate(megabytes)]
    return Chart(f"Memory of {name}, MB", "runs", [Line(name, points)])


def note(number: int, megabytes: float) -> str:
    return f"{megabytes:.0f}" if number in TOLD else ""
