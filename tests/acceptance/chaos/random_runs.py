"""Random workflows for real processes, run by two tenants at once; some runs are cancelled on the way."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from uuid import UUID

from schemas.execution import events as e
from tests.acceptance.chaos.story import End
from tests.support.workflows.drawing import Kinds
from tests.support.workflows.expected import Expected
from tests.support.workflows.generator import story
from tests.support.workflows.simulator import expected
from tests.support.workflows.story import Story

MODEL = "openai/stories"
REAL = Kinds(("template", "transform", "noop", "llm", "llm", "llm"), ("map", "loop"), MODEL, steady=True)
"""What needs nobody but providers and a worker."""

KEY = re.compile(r"s(\d+)r\d+:")
WORKFLOWS = 40
CANCELLED = 0.1


@dataclass(frozen=True)
class RandomRun:
    id: UUID
    seed: int
    number: int
    at: float
    tenant: int
    cancel_after: float | None

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
    def signals(self) -> Sequence[str]:
        return tuple(story_of(self.seed).signals)

    @property
    def wanted(self) -> Expected:
        return expected(story_of(self.seed), self.key)

    def accepts(self, end: End) -> bool:
        match end:
            case e.ExecutionSucceeded():
                return not self.wanted.errors and end.output == self.wanted.output
            case e.ExecutionFailed():
                return end.error.code in self.wanted.errors
        return self.cancel_after is not None


@cache
def story_of(seed: int) -> Story:
    return story(seed, REAL)


def seeds(number: int, random: Random) -> list[int]:
    return [random.randrange(1_000_000) for _ in range(min(number, WORKFLOWS))]


def runs(number: int, over_seconds: float, stories: Sequence[int], random: Random) -> list[RandomRun]:
    moments = sorted(random.uniform(0, over_seconds) for _ in range(number))
    return [
        RandomRun(
            id=UUID(int=random.getrandbits(128), version=4),
            seed=stories[n % len(stories)],
            number=n,
            at=at,
            tenant=n % 2,
            cancel_after=random.uniform(0, 2) if random.random() < CANCELLED else None,
        )
        for n, at in enumerate(moments)
    ]
