"""What a story must come to."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


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
