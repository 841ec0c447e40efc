"""`./justw chaos --runs 200 --kill worker,api,nats,postgres`: kills with -9 under load, then audits."""

import argparse
import logging
import sys
from collections.abc import Sequence
from secrets import randbelow

import uvloop
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.acceptance.chaos.checks import problems
from tests.acceptance.chaos.drill import drill
from tests.acceptance.chaos.options import Options
from tests.acceptance.chaos.report import table, verdict
from tests.support.platform import PARTS, Part


def parts(text: str) -> list[Part]:
    chosen = [part for part in PARTS if part in text.split(",")]
    if unknown := set(text.split(",")) - set(PARTS):
        raise argparse.ArgumentTypeError(f"unknown {', '.join(unknown)}: choose from {', '.join(PARTS)}")
    return chosen


def options(arguments: Sequence[str]) -> Options:
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--kill", type=parts, default=list(PARTS), help=",".join(PARTS))
    parser.add_argument("--kills-each", type=int, default=3, help="how often each kind is killed")
    parser.add_argument("--over-seconds", type=float, default=30.0, help="kills and runs are spread over it")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=randbelow(1_000_000))
    parser.add_argument(
        "--pause", type=parts, default=[], help="worker: stopped past its lease, then goes on"
    )
    parser.add_argument(
        "--disorder", action="store_true", help="messages come twice, late and in another order"
    )
    parser.add_argument(
        "--random",
        action="store_true",
        help="random workflows of all node types, two tenants, approvals, cancels",
    )
    parser.add_argument("--keep", action="store_true", help="keep the data folder and its logs")
    found = parser.parse_args(arguments)
    return Options(**vars(found))


async def main(asked: Options, console: Console) -> int:
    console.print(f"chaos: seed {asked.seed}, {asked.runs} runs, {asked.workers} workers, kills {asked.kill}")
    columns = (TextColumn("{task.description:10}"), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        outcome = await drill(asked, progress)
    found = problems(outcome.facts)
    console.print(table(outcome, found))
    ok, line = verdict(outcome, found)
    console.print(line, soft_wrap=True, highlight=False, markup=False)
    return 0 if ok else 1


if __name__ == "__main__":
    # Connections break here by design.
    logging.disable(logging.CRITICAL)
    sys.exit(uvloop.run(main(options(sys.argv[1:]), Console())))
