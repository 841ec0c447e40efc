"""What a story must come to."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Outcome = tuple[Any, str | None]
"""The output, or the code of the failure."""


@dataclass(frozen=True)
class Given:
    """What no story says: who its people are, and, by key, how work ended whose outcome nobody knew.

    Where processes are killed at any moment that depends on the moment. Everything else follows.
    """

    owner: str = "user:owner"
    chief: str = "user:chief"
    unknown: Mapping[str, Outcome] = field(default_factory=dict)


@dataclass
class Expected:
    """By key of the step: `<run's key><path>`.

    `errors`: the codes one of which ends the run; which one may depend on what comes first. `uncertain`:
    keys of steps with a failure inside, where work beside the failed step may or may not have been done.
    """

    output: Any = None
    errors: frozenset[str] = frozenset()
    outputs: dict[str, Any] = field(default_factory=dict)
    skipped: set[str] = field(default_factory=set)
    asked: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    uncertain: list[str] = field(default_factory=list)

    @property
    def status(self) -> str:
        return "failed" if self.errors else "succeeded"

    def is_certain(self, key: str) -> bool:
        return not any(key.startswith(start) for start in self.uncertain)
