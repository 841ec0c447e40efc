"""Cases that go together, one after the other; a platform of its own for each."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from rich.progress import Progress

from tests.benchmarks.figures import Figure
from tests.benchmarks.lines import Chart
from tests.benchmarks.setting import Result
from tests.benchmarks.stage import Stage
from tests.support.llm_process import scripted_llm_process

Cases = Mapping[str, Callable[[Stage], Awaitable[Result]]]


async def measure(suite: str, cases: Cases, names: Sequence[str], quick: bool, progress: Progress) -> Result:
    figures, charts = list[Figure](), dict[str, Sequence[Chart]]()
    task = progress.add_task(suite, total=len(names))
    with scripted_llm_process() as llm:
        for name in names:

            def say(what: str, name: str = name) -> None:
                progress.update(task, description=f"{name}: {what}")

            found = await cases[name](Stage(quick, llm, say))
            figures.extend(found.figures)
            charts.update(found.charts)
            progress.advance(task)
    return Result(figures, charts=charts)
