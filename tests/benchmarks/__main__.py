"""Figures beside references.

`./justw bench [commands workflows calls events] [peers] [--quick]`, and `./justw bench SUITE [case ...]`
with one of the suites engine, money, isolation and identity.
"""

import argparse
import logging
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

import uvloop
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from tests.benchmarks import case_calls, case_commands, case_events, case_workflows, chart, machine, suite
from tests.benchmarks.engine import cases as engine
from tests.benchmarks.figures import Figure, Peer
from tests.benchmarks.identity import cases as identity
from tests.benchmarks.isolation import cases as isolation
from tests.benchmarks.money import cases as money
from tests.benchmarks.plot import svg
from tests.benchmarks.report import table, write_json
from tests.benchmarks.setting import BUILD, Result, Setting
from tests.benchmarks.stage import UNLIMITED
from tests.benchmarks.suite import Cases
from tests.support.llm_process import scripted_llm_process
from tests.support.platform import running_platform

Case = Callable[[Setting], Awaitable[Result]]
CASES: Mapping[str, Case] = {
    "commands": case_commands.measure,
    "workflows": case_workflows.measure,
    "calls": case_calls.measure,
    "events": case_events.measure,
}
SUITES: Mapping[str, Cases] = {
    "engine": engine.CASES,
    "money": money.CASES,
    "isolation": isolation.CASES,
    "identity": identity.CASES,
}
SECONDS, QUICK_SECONDS = 3.0, 0.8
DOCS = Path("docs")
PLOT = DOCS / "bench.svg"
NAMES = f"{', '.join(CASES)} (all) and `peers`; or " + "; or ".join(
    f"`{suite}`, of it {', '.join(cases)} (all)" for suite, cases in SUITES.items()
)


async def measure(names: Sequence[str], seconds: float, with_peers: bool, progress: Progress) -> Result:
    """One platform for all cases; a case's peers use its servers too."""
    figures, absent, caught_up = list[Figure](), list[Peer](), dict[str, float]()
    data = Path(tempfile.mkdtemp(prefix="hb-bench-"))
    task = progress.add_task("starting the platform", total=len(names))
    try:
        with scripted_llm_process() as llm:
            async with running_platform(data, scripted_llm_url=llm, settings=UNLIMITED) as platform:
                tenancy = await platform.client.provision("bench")
                for name in names:
                    say = sayer(progress, task, name)
                    say("HireBuddha")
                    setting = Setting(platform, tenancy, llm, seconds, with_peers, say)
                    found = await CASES[name](setting)
                    await setting.catch_up()
                    figures.extend(found.figures)
                    absent.extend(found.absent)
                    caught_up[name] = sum(setting.caught_up_seconds)
                    progress.advance(task)
    finally:
        shutil.rmtree(data, ignore_errors=True)
    return Result(figures, absent, caught_up)


def sayer(progress: Progress, task: TaskID, name: str) -> Callable[[str], None]:
    return lambda what: progress.update(task, description=f"{name}: {what}")


async def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=NAMES)
    parser.add_argument("--quick", action="store_true", help="shorter repetitions, rougher figures")
    asked = parser.parse_args(arguments)
    of = next((name for name in SUITES if name in asked.names), None)
    possible = [*SUITES[of], of] if of else [*CASES, "peers"]
    if unknown := set(asked.names) - set(possible):
        parser.error(f"unknown {', '.join(sorted(unknown))}: choose from {', '.join(possible)}")
    cases = list(SUITES[of] if of else CASES)
    names = [name for name in cases if name in asked.names] or cases
    # A pipe has no width of its own, and 80 columns are too few for the table.
    console, facts = Console(width=None if sys.stdout.isatty() else 120), machine.facts()
    columns = (SpinnerColumn(), TextColumn("{task.description:45}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        if of:
            result = await suite.measure(of, SUITES[of], names, asked.quick, progress)
        else:
            seconds = QUICK_SECONDS if asked.quick else SECONDS
            result = await measure(names, seconds, "peers" in asked.names, progress)
    file = BUILD / (f"bench-{of}.json" if of else "bench.json")
    tell(console, facts, " ".join(["./justw bench", *arguments]), result, file)
    if names == list(CASES):
        draw(console, facts, result)
    draw_charts(console, facts, result, BUILD if asked.quick else DOCS)


def tell(console: Console, facts: Mapping[str, str], command: str, result: Result, file: Path) -> None:
    console.print(table(result.figures))
    for peer in result.absent:
        console.print(f"{peer.name} was not measured: {peer.note}", highlight=False)
    behind = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in result.caught_up_seconds.items())
    if behind:
        console.print(f"projections caught up after: {behind}", highlight=False)
    write_json(file, facts, command, result)
    console.print(f"{described(facts)}; all figures: {file}", highlight=False)


def draw(console: Console, facts: Mapping[str, str], result: Result) -> None:
    """Only of all cases together, so that the picture in docs/ is never half of one."""
    PLOT.parent.mkdir(exist_ok=True)
    PLOT.write_text(svg(result.figures, described(facts)))
    console.print(f"drawn: {PLOT}", highlight=False)


def draw_charts(console: Console, facts: Mapping[str, str], result: Result, folder: Path) -> None:
    """A rough picture never takes the place of the one in docs/."""
    for name, charts in result.charts.items():
        file = folder / f"{name}.svg"
        file.write_text(chart.svg(charts, described(facts)))
        console.print(f"drawn: {file}", highlight=False)


def described(facts: Mapping[str, str]) -> str:
    return f"{facts['cpu']}, {facts['memory']}, Python {facts['python']}, commit {facts['commit']}"


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    uvloop.run(main(sys.argv[1:]))
