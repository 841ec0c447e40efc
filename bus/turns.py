"""Whose commands are decided next: everybody in turn, a few each while several tenants are at work.

Whoever has more waiting than that then rests for a moment, so that those who have less find the decider free.
"""

from collections import OrderedDict
from typing import Generic, TypeVar

from bus.company import Company
from bus.fair_batch import Lanes, add, fair_batch
from bus.subjects import Lane

BATCH = 192
EACH = 12
"""Of one lane's, while several tenants are at work: whoever comes next then waits for a short batch."""

REST = 3.0
"""For so many times as long as the batch took."""

LONGEST_REST_SECONDS = 0.05

T = TypeVar("T")


class Turns(Generic[T]):
    """What waits. Times are of one clock, in seconds."""

    def __init__(self) -> None:
        self._waiting: Lanes[Lane, T] = OrderedDict()
        self._resting: Lanes[Lane, T] = OrderedDict()
        self._began = self._rested_at = 0.0
        self._company = Company()

    def add(self, lane: Lane, item: T, now: float) -> None:
        add(self._resting if lane in self._resting else self._waiting, lane, item)
        self._company.came(lane.tenant, now)

    def next(self, now: float) -> list[T]:
        """Nothing: nothing waits, or all that does rests."""
        self._began = now
        mixed = self._company.size(now) > 1
        if not mixed or now >= self._rested_at:
            self._waiting.update(self._resting)
            self._resting.clear()
        if not mixed:
            return fair_batch(self._waiting, BATCH)
        return fair_batch(self._waiting, BATCH, EACH, self._resting)

    def decided(self, now: float) -> None:
        """The batch that was next. Whoever has more waiting than went into it rests now, for the sake of who
        has not; a rest that is on goes on as it is.
        """
        busy = {lane.tenant for lane in self._resting}
        if self._began >= self._rested_at and 0 < len(busy) < self._company.size(now):
            self._rested_at = now + min((now - self._began) * REST, LONGEST_REST_SECONDS)

    def rest_seconds(self, now: float) -> float | None:
        """How long there is nothing to do unless something comes. None: for ever."""
        return max(0.0, self._rested_at - now) if self._resting else None
