"""When a cron expression ticks, in a time zone with its summer time. Times in and out are UTC."""

from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from itertools import islice
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from schemas.authoring.triggers import CronTrigger

FIELDS = 5


class BadSchedule(ValueError):
    """`field` of the trigger says what is wrong with it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def check(cron: CronTrigger, now: datetime) -> None:
    """BadSchedule when it is no schedule, or one that never ticks."""
    zone_of(cron.timezone)
    if next_tick(cron, now) is None:
        raise BadSchedule("expression", f"{cron.expression!r} never ticks")


def next_tick(cron: CronTrigger, after: datetime) -> datetime | None:
    return next(ticks_after(cron, after), None)


def ticks_after(cron: CronTrigger, after: datetime) -> Iterator[datetime]:
    """Forward. Where a zone's clock is put back, the library may repeat itself: each tick comes once."""
    last = after
    for tick in walk(cron, after, reverse=False):
        if tick > last:
            last = tick
            yield tick


def some_ticks_back(cron: CronTrigger, now: datetime, count: int) -> datetime:
    """About so many ticks ago: where a zone's clock is put back, the library's way back is not its way on."""
    ticks = deque(islice(walk(cron, now, reverse=True), count), maxlen=1)
    return ticks[0] if ticks else now


def walk(cron: CronTrigger, start: datetime, reverse: bool) -> Iterator[datetime]:
    if len(cron.expression.split()) != FIELDS:
        raise BadSchedule("expression", "a cron expression has five fields: minute hour day month weekday")
    try:
        found = CronSim(cron.expression, start.astimezone(zone_of(cron.timezone)), reverse)
    except CronSimError as error:
        raise BadSchedule("expression", f"{cron.expression!r} is no cron expression: {error}") from error
    return (tick.astimezone(UTC) for tick in found)


def zone_of(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise BadSchedule("timezone", f"there is no time zone {name!r}") from error
