from rich.progress import Progress

from tests.acceptance.chaos.checks import problems
from tests.acceptance.chaos.drill import Options, drill
from tests.acceptance.chaos.report import verdict

SMALL = Options(seed=7, runs=20, kills_each=1, over_seconds=6.0, patience_seconds=50.0)


async def test_kill_9_of_each_part_loses_and_doubles_nothing() -> None:
    with Progress(disable=True) as progress:
        outcome = await drill(SMALL, progress)
    ok, line = verdict(outcome, problems(outcome.facts))
    assert ok, line
    assert outcome.killed == {"worker": 1, "nats": 1, "postgres": 1}
