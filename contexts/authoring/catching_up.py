"""Which ticks that have passed are fired, and which are skipped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, takewhile

from contexts.authoring.cron import some_ticks_back, ticks_after
from schemas.authoring.triggers import CronTrigger

ON_TIME = timedelta(minutes=1)
"""A tick this late was not missed: timers and queues need a moment."""

MOST_FIRED = 100
MOST_COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class Skipped:
    """`count` is exact up to `MOST_COUNTED`."""

    first: datetime
    last: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Passed:
    """Oldest first. What is skipped lies before what is fired."""

    fired: Sequence[datetime]
    skipped: Skipped | None


def passed(cron: CronTrigger, planned: datetime, now: datetime) -> Passed:
    """What becomes of `planned` and of the ticks after it up to `now`."""
    most = MOST_FIRED if cron.catch_up == "all" else 1
    ticks = newest(cron, planned, now, most + 1)
    fired = [] if cron.catch_up == "skip" and now - ticks[-1] >= ON_TIME else ticks[-most:]
    skipped = ticks[: len(ticks) - len(fired)]
    return Passed(fired, counted(cron, planned, skipped[-1]) if skipped else None)


def newest(cron: CronTrigger, planned: datetime, now: datetime, count: int) -> list[datetime]:
    """At most so many ticks from `planned` to `now`; `planned` passes when its time has come."""
    start = max(planned, some_ticks_back(cron, now, count + 2))
    ticks = takewhile(lambda tick: tick <= now, ticks_after(cron, start))
    return [start, *ticks][-count:]


def counted(cron: CronTrigger, first: datetime, last: datetime) -> Skipped:
    others = takewhile(lambda tick: tick <= last, ticks_after(cron, first))
    return Skipped(first, last, 1 + sum(1 for _ in islice(others, MOST_COUNTED - 1)))
