"""A run drawn over time: one line per step, a bar per attempt, coloured by what became of it."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import accumulate

from rich.table import Table
from rich.text import Text

from api.cli.look import places, table
from api.rows.runs import TimelineStep

COLOURS = {
    "succeeded": "good",
    "answered": "good",
    "failed": "bad",
    "cancelled": "bad",
    "abandoned": "quiet",
    "skipped": "quiet",
    "queued": "warn",
    "waiting": "warn",
    "paused": "warn",
    "retrying": "warn",
    "open": "warn",
}
"""Of everything else: under way."""

UNDER_WAY = "link"
BAR, POINT = "█", "·"
NARROWEST, TAKEN = 20, 62
INDENT = "  "
PARTS = re.compile(r"\[\d+\]|\.?[^.\[]+")


def timeline_table(steps: Sequence[TimelineStep], now: datetime, width: int) -> Table:
    made = table("step", "kind", "status", "", "took", "price", right=("took", "price"))
    if not steps:
        return made
    begin = min(step.began_at for step in steps)
    end = max(max(ends(step, now) for step in steps), begin + timedelta(milliseconds=1))
    cells = max(NARROWEST, width - TAKEN)
    decimals = places(price for step in steps if (price := price_of(step)) is not None)
    for step in nested(steps):
        money = price_of(step)
        made.add_row(
            name(step),
            Text(kind(step), style="quiet"),
            Text(step.status, style=COLOURS.get(step.status, UNDER_WAY)),
            bar(step, begin, end, cells, now),
            span(ends(step, now) - step.began_at) if step.kind else "",
            "" if money is None else Text(f"${money:.{decimals}f}", style="money"),
        )
    return made


def nested(steps: Sequence[TimelineStep]) -> list[TimelineStep]:
    """In the order they began, but what is inside a map, a loop or an agent directly under it."""
    began = {step.node: step.began_at for step in steps}

    def key(step: TimelineStep) -> list[tuple[datetime, str]]:
        return [(began.get(path, step.began_at), path) for path in paths(step.node)]

    return sorted(steps, key=key)


def paths(node: str) -> list[str]:
    """The path and all it is inside of: `each`, `each[3]`, `each[3].draft`."""
    return list(accumulate(PARTS.findall(node)))


def name(step: TimelineStep) -> Text:
    return Text(INDENT * (len(paths(step.node)) - 1) + step.node.rpartition(".")[2])


def kind(step: TimelineStep) -> str:
    if step.reused_from is not None:
        return "reused"
    return step.kind or ("pure" if step.status == "succeeded" else "")


def ends(step: TimelineStep, now: datetime) -> datetime:
    return step.ended_at or max(now, step.began_at)


def price_of(step: TimelineStep) -> Decimal | None:
    found = [attempt.spent.price for attempt in step.attempts if attempt.spent]
    return sum(found, Decimal(0)) if found else None


def bar(step: TimelineStep, begin: datetime, end: datetime, cells: int, now: datetime) -> Text:
    """Later attempts are drawn over earlier ones where they share a cell."""
    line = [" "] * cells
    styles: list[tuple[str, int, int]] = []
    for status, began, ended, mark in pieces(step, now):
        first, last = cell(began, begin, end, cells), cell(ended, begin, end, cells)
        line[first : last + 1] = mark * (last - first + 1)
        styles.append((COLOURS.get(status, UNDER_WAY), first, last + 1))
    drawn = Text("".join(line))
    for style, first, beyond in styles:
        drawn.stylize(style, first, beyond)
    return drawn


def pieces(step: TimelineStep, now: datetime) -> list[tuple[str, datetime, datetime, str]]:
    if step.attempts:
        return [(a.status, a.began_at, a.ended_at or ends(step, now), BAR) for a in step.attempts]
    if step.kind is None:
        return [(step.status, step.began_at, step.began_at, POINT)]
    return [(step.status, step.began_at, ends(step, now), BAR)]


def cell(at: datetime, begin: datetime, end: datetime, cells: int) -> int:
    return max(0, min(cells - 1, int((at - begin) / (end - begin) * cells)))


def span(took: timedelta) -> str:
    seconds = max(took.total_seconds(), 0)
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours < 24 else f"{hours // 24} d {hours % 24} h"
