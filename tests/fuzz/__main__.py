"""`./justw fuzz`: the whole OpenAPI, as everybody, and what should not have come back."""

import logging
import time
from typing import Annotated

import structlog
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.fuzz.people import WHO
from tests.fuzz.report import show
from tests.fuzz.run import Outcome, Plan, fuzz, operations


def main(
    examples: Annotated[int, typer.Option(min=1, max=1000, help="Fitting and wrong cases, each.")] = 5,
    seed: Annotated[int, typer.Option(help="The same seed sends the same.")] = 1,
    role: Annotated[list[str] | None, typer.Option(help=f"Only as these: {', '.join(WHO)}.")] = None,
    path: Annotated[str, typer.Option(help="Only operations whose path has this in it.")] = "",
    seconds: Annotated[float, typer.Option(min=1, help="Begin no operation after so many.")] = 1800,
) -> None:
    """Every operation, as every role and anonymous: its example, fitting requests and wrong ones."""
    if unknown := set(role or ()) - set(WHO):
        raise typer.BadParameter(f"there is no role {', '.join(sorted(unknown))}; there are {', '.join(WHO)}")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    console, begun = Console(), time.monotonic()
    plan = Plan(examples, seed, role or WHO, path, seconds)
    outcome = run(plan, console)
    show(console, outcome, seed, time.monotonic() - begun)
    raise typer.Exit(1 if outcome.findings or not outcome.operations else 0)


def run(plan: Plan, console: Console) -> Outcome:
    outcome, found = Outcome(), operations(plan.path)
    bars = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*bars, console=console, transient=True) as progress:
        task = progress.add_task("fuzzing", total=len(found))
        for operation in fuzz(plan, found, outcome):
            progress.update(task, advance=1, description=operation.label[:44].ljust(44))
    return outcome


if __name__ == "__main__":
    typer.run(main)
