"""Every story again, with each event delivered twice and everything shuffled: it must end the same."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.scenarios import test_failures, test_first_run, test_tenants
from tests.support.harness import Harness
from tests.support.story import final

Story = Callable[[Harness], None]

SEEDS = range(8)
STORIES: list[Story] = [
    story
    for module in (test_first_run, test_tenants, test_failures)
    for name, story in vars(module).items()
    if name.startswith("test_")
]


def told(story: Story, seed: int | None) -> dict[str, Any]:
    h = Harness(seed)
    story(h)
    return final(h)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__.removeprefix("test_"))
def test_a_story_ends_the_same_however_it_is_delivered(story: Story) -> None:
    expected = told(story, None)
    for seed in SEEDS:
        assert told(story, seed) == expected
