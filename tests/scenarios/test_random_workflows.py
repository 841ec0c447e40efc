"""Random workflows, each as the simulator has it: delivered in order, then twice and shuffled.

One of them alone: `HB_SEED=17 pytest tests/scenarios/test_random_workflows.py`.
"""

import os

import pytest

from tests.support.workflows.generator import story
from tests.support.workflows.oracle import problems, told
from tests.support.workflows.telling import Telling
from tests.support.workflows.world import World

STORIES = 130
SEEDS = [int(os.environ["HB_SEED"])] if "HB_SEED" in os.environ else range(STORIES)


@pytest.mark.parametrize("disorder", [False, True], ids=["in_order", "disorder"])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_workflow_ends_as_the_simulator_says(seed: int, disorder: bool) -> None:
    again = f"HB_SEED={seed} pytest tests/scenarios/test_random_workflows.py"
    world = World(story(seed), seed if disorder else None)
    telling = Telling(world)
    telling.tell()
    assert problems(told(world, telling)) == [], again
