"""What a drill is asked to do."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.support.platform import PARTS, Part


@dataclass(frozen=True)
class Options:
    seed: int
    runs: int = 200
    kill: Sequence[Part] = PARTS
    kills_each: int = 3
    over_seconds: float = 30.0
    workers: int = 2
    patience_seconds: float = 600.0
    keep: bool = False
    pause: Sequence[Part] = ()
    disorder: bool = False
    random: bool = False

    @property
    def module(self) -> str:
        """Leases of two seconds where workers are to outstay theirs, or what was lost is to come again."""
        if self.random:
            return "tests.acceptance.chaos.story_worker"
        return "tests.support.impatient_worker" if self.pause or self.disorder else "bus.app"

    @property
    def arguments(self) -> Sequence[str]:
        """Of the workers' program."""
        return ("--disorder", str(self.seed)) if self.disorder else ()

    @property
    def suspensions(self) -> int:
        """How often a tenant is suspended, and reinstated while its runs are under way."""
        return self.kills_each * self.random

    @property
    def holds(self) -> int:
        return self.kills_each * bool(self.pause)
