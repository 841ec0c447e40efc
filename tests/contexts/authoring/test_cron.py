from datetime import datetime, timedelta
from itertools import islice, takewhile

import pytest

from contexts.authoring.catching_up import MOST_COUNTED, MOST_FIRED, Passed, Skipped, passed
from contexts.authoring.cron import BadSchedule, check, next_tick, ticks_after
from tests.support.builders import NOW
from tests.support.triggers import cron, utc


def ticks(expression: str, timezone: str, after: datetime, count: int) -> list[datetime]:
    return [*islice(ticks_after(cron(expression, timezone=timezone), after), count)]


def test_a_nightly_tick_moves_with_the_summer_time() -> None:
    """Berlin goes from UTC+1 to UTC+2 on 29 March 2026 at 01:00 UTC, and back on 25 October."""
    assert ticks("0 6 * * *", "Europe/Berlin", utc(2026, 3, 27, 12), 3) == [
        utc(2026, 3, 28, 5),
        utc(2026, 3, 29, 4),
        utc(2026, 3, 30, 4),
    ]
    assert ticks("0 6 * * *", "Europe/Berlin", utc(2026, 10, 23, 12), 3) == [
        utc(2026, 10, 24, 4),
        utc(2026, 10, 25, 5),
        utc(2026, 10, 26, 5),
    ]


def test_what_falls_into_the_hour_that_does_not_exist_comes_right_after_it() -> None:
    assert ticks("30 2 * * *", "Europe/Berlin", utc(2026, 3, 28, 12), 2) == [
        utc(2026, 3, 29, 1),
        utc(2026, 3, 30, 0, 30),
    ]
    assert ticks("30 2 * * *", "America/New_York", utc(2026, 3, 7, 12), 2) == [
        utc(2026, 3, 8, 7),
        utc(2026, 3, 9, 6, 30),
    ]


def test_what_falls_into_the_repeated_hour_comes_once() -> None:
    assert ticks("30 2 * * *", "Europe/Berlin", utc(2026, 10, 24, 12), 2) == [
        utc(2026, 10, 25, 0, 30),
        utc(2026, 10, 26, 1, 30),
    ]
    assert ticks("30 1 * * *", "America/New_York", utc(2026, 10, 31, 12), 2) == [
        utc(2026, 11, 1, 5, 30),
        utc(2026, 11, 2, 6, 30),
    ]


def test_every_hour_is_every_hour_also_when_clocks_change() -> None:
    for zone, day in (("Europe/Berlin", utc(2026, 10, 25)), ("America/New_York", utc(2026, 3, 8))):
        found = ticks("0 * * * *", zone, day, 24)
        assert found == [day + timedelta(hours=hour) for hour in range(1, 25)]


def test_two_wishes_for_the_hour_that_does_not_exist_are_one_tick() -> None:
    assert ticks("0 2,3 * * *", "Europe/Berlin", utc(2026, 3, 28, 12), 2) == [
        utc(2026, 3, 29, 1),
        utc(2026, 3, 30, 0),
    ]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"])
@pytest.mark.parametrize("expression", ["30 2 * * *", "*/15 * * * *", "15 */2 * * *", "0 0 * * MON"])
@pytest.mark.parametrize("month", [3, 10])
def test_asking_again_from_each_tick_finds_the_same_ticks(expression: str, zone: str, month: int) -> None:
    schedule, start, end = cron(expression, timezone=zone), utc(2026, month, 1), utc(2026, month + 1, 10)
    found, at = [], start
    while (at := next_tick(schedule, at) or end) < end:
        found.append(at)
    assert found == [*takewhile(lambda tick: tick < end, ticks_after(schedule, start))]
    assert found == sorted(set(found))


@pytest.mark.parametrize(
    ("expression", "timezone", "field"),
    [
        ("* * * *", "UTC", "expression"),
        ("* * * * * *", "UTC", "expression"),
        ("@daily", "UTC", "expression"),
        ("61 * * * *", "UTC", "expression"),
        ("0 0 31 2 *", "UTC", "expression"),
        ("* * */20 * 1L", "UTC", "expression"),
        ("0 0 * * *", "Europe/Nowhere", "timezone"),
        ("0 0 * * *", "America", "timezone"),
        ("0 0 * * *", "../UTC", "timezone"),
    ],
)
def test_what_is_no_schedule_is_refused(expression: str, timezone: str, field: str) -> None:
    with pytest.raises(BadSchedule) as refused:
        check(cron(expression, timezone=timezone), NOW)
    assert refused.value.field == field


NIGHTS = [utc(2026, 9, day, 2) for day in range(16, 21)]
WEEK_END = utc(2026, 9, 20, 8)


def test_missed_ticks_are_skipped() -> None:
    found = passed(cron(catch_up="skip"), NIGHTS[0], WEEK_END)
    assert found == Passed([], Skipped(NIGHTS[0], NIGHTS[-1], 5))


def test_a_tick_that_is_a_little_late_was_not_missed() -> None:
    found = passed(cron(catch_up="skip"), NIGHTS[0], NIGHTS[-1] + timedelta(seconds=59))
    assert found == Passed([NIGHTS[-1]], Skipped(NIGHTS[0], NIGHTS[-2], 4))


def test_the_newest_missed_tick_is_fired() -> None:
    found = passed(cron(catch_up="one"), NIGHTS[0], WEEK_END)
    assert found == Passed([NIGHTS[-1]], Skipped(NIGHTS[0], NIGHTS[-2], 4))


def test_all_missed_ticks_are_fired_in_order() -> None:
    assert passed(cron(catch_up="all"), NIGHTS[0], WEEK_END) == Passed(NIGHTS, None)


def test_of_very_many_missed_ticks_the_newest_hundred_are_fired() -> None:
    start, end = utc(2025, 1, 1), utc(2026, 1, 1)
    found = passed(cron("* * * * *", catch_up="all"), start, end)
    assert (len(found.fired), found.fired[0], found.fired[-1]) == (
        MOST_FIRED,
        end - timedelta(minutes=99),
        end,
    )
    assert found.skipped == Skipped(start, end - timedelta(minutes=100), MOST_COUNTED)


@pytest.mark.parametrize("catch_up", ["skip", "one", "all"])
def test_a_tick_on_time_is_fired_whatever_is_missed(catch_up: str) -> None:
    for now in (NIGHTS[0] - timedelta(seconds=2), NIGHTS[0], NIGHTS[0] + timedelta(seconds=2)):
        assert passed(cron(catch_up=catch_up), NIGHTS[0], now) == Passed([NIGHTS[0]], None)
