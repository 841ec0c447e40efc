"""Small forms of `./justw chaos`."""

import pytest
from rich.progress import Progress

from tests.acceptance.chaos.checks import problems
from tests.acceptance.chaos.drill import drill
from tests.acceptance.chaos.options import Options
from tests.acceptance.chaos.report import verdict

SMALL = Options(seed=7, runs=12, kills_each=1, over_seconds=4.0)
RANDOM = Options(
    seed=8,
    runs=12,
    kills_each=1,
    over_seconds=4.0,
    random=True,
    disorder=True,
    pause=("worker",),
)
EACH = {"worker": 1, "api": 1, "nats": 1, "postgres": 1}


@pytest.mark.parametrize(
    ("options", "killed"),
    [(SMALL, EACH), (RANDOM, EACH | {"held worker": 1, "suspended tenant": 1})],
    ids=["two_workflows", "random_in_disorder"],
)
async def test_kill_9_of_each_part_loses_and_doubles_nothing(
    options: Options, killed: dict[str, int]
) -> None:
    print(f"chaos: seed {options.seed}")
    with Progress(disable=True) as progress:
        outcome = await drill(options, progress)
    ok, line = verdict(outcome, problems(outcome.facts))
    assert ok, line
    assert outcome.killed == killed
