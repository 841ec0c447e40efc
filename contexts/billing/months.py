"""Months as ledgers are named after them."""

from collections.abc import Mapping
from datetime import UTC, datetime

from contexts.billing.errors import PeriodIsClosed
from contexts.billing.ledger import Ledger

LATEST = 24
"""How many months after its own a late entry may be posted in."""


def month_of(now: datetime) -> str:
    return f"{now:%Y-%m}"


def start_of(period: str) -> datetime:
    return datetime.strptime(period, "%Y-%m").replace(tzinfo=UTC)


def after(period: str) -> tuple[str, ...]:
    """The months a late entry of this one may be posted in."""
    year, month = map(int, period.split("-"))
    counts = range(year * 12 + month, year * 12 + month + LATEST)
    return tuple(f"{count // 12:04}-{count % 12 + 1:02}" for count in counts)


def open_month(months: Mapping[str, Ledger], now: datetime) -> tuple[str, Ledger]:
    """The month we are in, unless it is closed, or too far from the one it is about."""
    period = month_of(now)
    ledger = months.get(period)
    if ledger is None or ledger.closed:
        raise PeriodIsClosed(f"nothing can be posted in {period} any more")
    return period, ledger
