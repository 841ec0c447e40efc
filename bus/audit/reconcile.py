"""A provider's usage export beside the ledger, call by call: what differs, and what to do about it. Pure."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from pydantic_core import from_json

Kind = Literal["missing", "duplicated", "mispriced", "unknown"]
MAX_ROWS = 1_000_000
CALL_IDS = ("call_id", "call_key", "id", "custom_id")
COSTS = ("cost", "cost_usd", "amount", "amount_usd")


class BadUsage(ValueError):
    """The file is not a usage export."""


@dataclass(frozen=True, slots=True)
class Billed:
    """One line of the provider's."""

    call_id: str
    cost: Decimal


@dataclass(frozen=True, slots=True)
class Entry:
    """What the ledger has of a call."""

    call_key: str
    cost: Decimal


@dataclass(frozen=True, slots=True)
class Difference:
    """`missing`: the provider does not bill a call we charged. `unknown`: it bills one that we do not have.

    `proposal`: `reverse` the entry, or `dispute` the provider's bill. Nothing is posted by itself.
    """

    kind: Kind
    call_id: str
    ours: Decimal | None
    theirs: Decimal | None
    proposal: Literal["reverse", "dispute"]
    reason: str

    def shown(self) -> dict[str, Any]:
        amounts = {
            name: None if (value := getattr(self, name)) is None else f"{value:f}"
            for name in ("ours", "theirs")
        }
        return {**asdict(self), **amounts}


def parsed(text: str) -> list[Billed]:
    """JSON (a list, or an object with one under `data`), JSON lines, or CSV with a header."""
    rows = list(json_rows(text) if text.lstrip()[:1] in ("[", "{") else csv.DictReader(io.StringIO(text)))
    if not 0 < len(rows) <= MAX_ROWS:
        raise BadUsage(f"a usage export has 1 to {MAX_ROWS:,} lines, this one {len(rows):,}")
    return [billed(row, number) for number, row in enumerate(rows, start=1)]


def json_rows(text: str) -> list[Mapping[str, Any]]:
    try:
        found = from_json(text)
    except ValueError:
        try:
            found = [from_json(line) for line in text.splitlines() if line.strip()]
        except ValueError as error:
            raise BadUsage(f"it is no JSON: {error}") from error
    rows = found.get("data", [found]) if isinstance(found, dict) else found
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadUsage("it is not a list of objects")
    return rows


def billed(row: Mapping[str, Any], number: int) -> Billed:
    call_id, cost = (
        next((row[name] for name in names if row.get(name) not in (None, "")), None)
        for names in (CALL_IDS, COSTS)
    )
    if call_id is None or cost is None:
        raise BadUsage(
            f"line {number} lacks a call id ({', '.join(CALL_IDS)}) or a cost ({', '.join(COSTS)})"
        )
    try:
        amount = Decimal(str(cost))
    except InvalidOperation:
        raise BadUsage(f"line {number}: {cost!r} is no amount") from None
    if not amount.is_finite():
        raise BadUsage(f"line {number}: {cost!r} is no amount")
    return Billed(str(call_id), amount)


def reconciled(usage: Iterable[Billed], entries: Iterable[Entry]) -> Iterator[Difference]:
    """In the order of the provider's lines, then what it does not bill."""
    ours = {entry.call_key: entry.cost for entry in entries}
    theirs: dict[str, list[Decimal]] = defaultdict(list)
    for line in usage:
        theirs[line.call_id].append(line.cost)
    for call_id, costs in theirs.items():
        yield from compared(call_id, ours.get(call_id), costs)
    for call_key, cost in ours.items():
        if call_key not in theirs and cost:
            yield Difference(
                "missing", call_key, cost, None, "reverse", "the provider does not bill this call"
            )


def compared(call_id: str, ours: Decimal | None, costs: list[Decimal]) -> Iterator[Difference]:
    theirs, *more = costs
    if ours is None:
        yield Difference(
            "unknown", call_id, None, sum(costs, Decimal(0)), "dispute", "the ledger has no such call"
        )
        return
    if more:
        extra = sum(more, Decimal(0))
        yield Difference(
            "duplicated",
            call_id,
            ours,
            theirs + extra,
            "dispute",
            f"it is billed {len(costs)} times, {extra:f} too much",
        )
    if theirs != ours:
        change = theirs - ours
        yield Difference(
            "mispriced",
            call_id,
            ours,
            theirs,
            "reverse",
            f"the provider charges {change:+f}: reverse the entry and post it anew",
        )
