"""The engine's cases, one after the other; a platform of its own for each."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from rich.progress import Progress

from tests.benchmarks.engine import (
    case_fan_out,
    case_hot_tenant,
    case_late,
    case_memory,
    case_scale_out,
    case_shapes,
    case_slow,
)
from tests.benchmarks.engine.stage import Stage
from tests.benchmarks.figures import Figure
from tests.benchmarks.lines import Chart
from tests.benchmarks.setting import Result
from tests.support.llm_process import scripted_llm_process

CASES: Mapping[str, Callable[[Stage], Awaitable[Result]]] = {
    "fan-out": case_fan_out.measure,
    "shapes": case_shapes.measure,
    "late": case_late.measure,
    "slow": case_slow.measure,
    "hot-tenant": case_hot_tenant.measure,
    "memory": case_memory.measure,
    "scale-out": case_scale_out.measure,
}


async def measure(names: Sequence[str], quick: bool, progress: Progress) -> Result:
    figures, charts = list[Figure](), dict[str, Sequence[Chart]]()
    task = progress.add_task("engine", total=len(names))
    with scripted_llm_process() as llm:
        for name in names:

            def say(what: str, name: str = name) -> None:
                progress.update(task, description=f"{name}: {what}")

            found = await CASES[name](Stage(quick, llm, say))
            figures.extend(found.figures)
            charts.update(found.charts)
            progress.advance(task)
    return Result(figures, charts=charts)
