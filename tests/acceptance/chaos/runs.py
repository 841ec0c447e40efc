from tests.acceptance.chaos.random_runs import RandomRun
from tests.acceptance.chaos.story import Run

AnyRun = Run | RandomRun
