from datetime import timedelta
from decimal import Decimal

import pytest
from rich.console import Console

from api.cli import look
from api.cli.drawing import span, timeline_table
from api.rows.runs import Spending, TimelineStep
from tests.api.fakes import NOW
from tests.api.test_timeline import attempt, step

END = NOW + timedelta(seconds=10)


def at(seconds: float, lasted: float) -> dict[str, object]:
    began = NOW + timedelta(seconds=seconds)
    return {"began_at": began, "ended_at": began + timedelta(seconds=lasted)}


def drawn(*steps: TimelineStep) -> list[str]:
    console = Console(theme=look.THEME, width=102, record=True, force_terminal=False)
    console.print(timeline_table(steps, END, 102))
    return [line.rstrip() for line in console.export_text().splitlines()]


def test_bars_stand_where_their_time_was() -> None:
    _, first, second = drawn(step("a", **at(0, 5), kind="noop"), step("b", **at(5, 5), kind="noop"))
    assert first.count("█") == second.count("█") + 1 == 21
    assert second.index("█") == first.rindex("█")
    assert "5.0 s" in first


def test_attempts_leave_the_waits_between_them_open() -> None:
    spent = Spending(1, 43, Decimal("0.12"), Decimal(0), Decimal(0))
    tries = [attempt(1, **at(0, 2), status="failed"), attempt(2, **at(8, 2), spent=spent)]
    _, line = drawn(step("ask", **at(0, 10), attempts=tries))
    bars = [part for part in line.split("  ") if "█" in part]
    assert len(bars) == 2
    assert line.endswith("$0.12")


def test_what_is_inside_a_step_stands_under_it_whenever_it_began() -> None:
    items = [step(f"each[{number}]", **at(number, 5), kind="item") for number in (0, 1)]
    uses = [step(f"each[{number}].use", **at(4 - number, 1), kind="tool") for number in (0, 1)]
    lines = drawn(step("each", **at(0, 10), kind="map"), *items, *reversed(uses), step("z", **at(2, 1)))
    names = [line.partition(" tool")[0].partition(" item")[0].rstrip() for line in lines[2:6]]
    assert names == ["  each[0]", "    use", "  each[1]", "    use"]
    assert lines[6].startswith("z")


def test_a_computation_is_a_point() -> None:
    _, _, line = drawn(step("a", **at(0, 10), kind="noop"), step("b", **at(9, 0), kind=None))
    assert "pure" in line and "·" in line and "█" not in line


def test_a_step_under_way_reaches_to_now() -> None:
    _, done, going = drawn(step("a", **at(0, 1)), step("b", began_at=NOW, ended_at=None, status="requested"))
    assert going.count("█") == 40
    assert done.count("█") == 5
    assert "requested" in going


def test_a_run_without_steps_is_an_empty_table() -> None:
    assert len(drawn()) <= 1


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.25, "250 ms"), (9.96, "10.0 s"), (61, "1 min 1 s"), (7_320, "2 h 2 min"), (180_000, "2 d 2 h")],
)
def test_spans_are_told_in_the_units_of_people(seconds: float, text: str) -> None:
    assert span(timedelta(seconds=seconds)) == text
