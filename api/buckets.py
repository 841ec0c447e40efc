"""Token buckets: how often something may happen, by name, in this process."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

KEPT = 10_000
"""Buckets remembered. The one that was not used for the longest is forgotten first, as if it were full."""


class Buckets:
    """Each holds `burst` tokens and gets `per_minute` new ones. `now` counts seconds."""

    def __init__(
        self,
        per_minute: float = 600,
        burst: int = 100,
        now: Callable[[], float] = time.monotonic,
        kept: int = KEPT,
    ) -> None:
        self._gap, self._now, self._kept = 60 / per_minute, now, kept
        self._slack = (burst - 1) * self._gap
        self._full_at: OrderedDict[Hashable, float] = OrderedDict()

    def take(self, name: Hashable) -> float:
        """0: a token was taken. Else none is left: the seconds until there is one."""
        now = self._now()
        full_at = max(self._full_at.get(name, now), now)
        wait = full_at - now - self._slack
        if wait > 0:
            return wait
        self._full_at[name] = full_at + self._gap
        self._full_at.move_to_end(name)
        if len(self._full_at) > self._kept:
            self._full_at.popitem(last=False)
        return 0.0
