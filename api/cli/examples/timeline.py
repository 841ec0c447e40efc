"""A run's steps with the seconds, tokens and money each took, and what they come to."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from rich.markup import escape
from rich.table import Table

from api.cli.look import CROSS, DOT, TICK, places, plain, table, usd

Step = dict[str, Any]
MARKS = {"succeeded": TICK, "failed": CROSS}


def timeline_table(steps: Sequence[Step], spent: dict[str, Any]) -> Table:
    decimals = places(price for step in steps if (price := price_of(step)))
    made = table("", "step", "kind", "seconds", "tokens", "price", right=("seconds", "tokens", "price"))
    for step in steps:
        price, tokens = price_of(step), tokens_of(step)
        made.add_row(
            MARKS.get(step["status"], DOT),
            escape(step["node"]),
            f"[quiet]{step['kind'] or step['status']}[/]",
            seconds_of(step),
            str(tokens or ""),
            usd(price, decimals) if price else "",
        )
    made.add_row("", "[name]all[/]", "", "", str(spent["tokens"]), usd(Decimal(spent["price"]), decimals))
    return made


def settled(step: Step) -> list[dict[str, Any]]:
    return [attempt["spent"] for attempt in step["attempts"] if attempt["spent"]]


def price_of(step: Step) -> Decimal:
    return sum((Decimal(spent["price"]) for spent in settled(step)), Decimal(0))


def tokens_of(step: Step) -> int:
    return sum(spent["tokens"] for spent in settled(step))


def seconds_of(step: Step) -> str:
    if step["ended_at"] is None or step["status"] == "skipped":
        return ""
    began, ended = datetime.fromisoformat(step["began_at"]), datetime.fromisoformat(step["ended_at"])
    return f"{(ended - began).total_seconds():.1f}"


def wrong(steps: Sequence[Step], spent: dict[str, Any], calls: int) -> list[str]:
    """What does not add up."""
    found = [f"{step['node']} {step['status']}" for step in steps if step["status"] in ("failed", "running")]
    if spent["calls"] != calls:
        found.append(f"{calls} calls were asked for, {spent['calls']} are settled")
    if (total := sum(map(price_of, steps), Decimal(0))) != Decimal(spent["price"]):
        found.append(f"the steps come to {plain(total)}, the run to {plain(Decimal(spent['price']))}")
    return found
