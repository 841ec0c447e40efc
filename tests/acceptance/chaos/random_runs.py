"""Random workflows for real processes, run by two tenants at once.

Some runs are cancelled on the way, some paused and resumed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from uuid import UUID

from schemas.execution import events as e
from tests.acceptance.chaos.story import NOT_STARTED, End, Pause
from tests.support.workflows.drawing import Kinds
from tests.support.workflows.expected import Given
from tests.support.workflows.generator import story
from tests.support.workflows.nodes import DEEP, SIMPLE
from tests.support.workflows.simulator import expected
from tests.support.workflows.story import Story

MODEL = "openai/stories"
REAL = Kinds(SIMPLE, DEEP, MODEL, steady=True)

KEY = re.compile(r"s(\d+)r\d+:")
WORKFLOWS = 40
CANCELLED = 0.1
PAUSED = 0.2
LATE_SECONDS = 3.0


@dataclass(frozen=True)
class RandomRun:
    seed: int
    number: int
    at: float
    tenant: int
    cancel_after: float | None
    pause: Pause | None = None
    id: UUID = NOT_STARTED

    @property
    def key(self) -> str:
        return f"s{self.seed}r{self.number}:"

    @property
    def kind(self) -> str:
        return f"{self.seed}-{self.tenant}"

    @property
    def inputs(self) -> dict[str, str]:
        return {"key": self.key}

    @property
    def signals(self) -> Sequence[tuple[str, float]]:
        """Names of events from outside, and how many seconds after the start each comes."""
        seconds = {"early": 0.0, "late": LATE_SECONDS}
        told = story_of(self.seed).signals
        return [(name, seconds[when]) for name, when in told.items() if when != "never"]

    def accepts(self, end: End, given: Given) -> bool:
        wanted = expected(story_of(self.seed), self.key, given)
        match end:
            case e.ExecutionSucceeded():
                return not wanted.errors and end.output == wanted.output
            case e.ExecutionFailed():
                return end.error.code in wanted.errors
        return self.cancel_after is not None


@cache
def story_of(seed: int) -> Story:
    return story(seed, REAL)


def story_at(key: str) -> Story:
    """The story a key is of."""
    told = KEY.match(key)
    assert told, key
    return story_of(int(told[1]))


def seeds(number: int, random: Random) -> list[int]:
    return [random.randrange(1_000_000) for _ in range(min(number, WORKFLOWS))]


def runs(number: int, over_seconds: float, stories: Sequence[int], random: Random) -> list[RandomRun]:
    moments = sorted(random.uniform(0, over_seconds) for _ in range(number))
    return [
        RandomRun(
            seed=stories[n % len(stories)],
            number=n,
            at=at,
            tenant=n % 2,
            cancel_after=random.uniform(0, 2) if random.random() < CANCELLED else None,
            pause=Pause(random.uniform(0, 3), random.uniform(0, 4)) if random.random() < PAUSED else None,
        )
        for n, at in enumerate(moments)
    ]
