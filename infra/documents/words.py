"""Amounts, dates and months as they are written on documents."""

from datetime import date, datetime
from decimal import Decimal

from schemas.billing.carryover import CARRIED

MINUS = "\N{MINUS SIGN}"
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
KINDS = {
    "reversal": "Reversed calls",
    "late_usage": "Late usage",
    "correction": "Correction",
    "minimum": "Minimum charge",
    "credit": "Credit",
    "rounding": "Rounding",
    "other": "Other agents and workflows",
}


def money(amount: Decimal) -> str:
    return signed(f"{abs(amount):,.2f}", amount < 0)


def count(number: int) -> str:
    return signed(f"{abs(number):,}", number < 0)


def percent(amount: Decimal) -> str:
    text = f"{amount:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) + " %"


def signed(text: str, negative: bool) -> str:
    return MINUS + text if negative else text


def day(at: datetime | date) -> str:
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}"


def month(period: str) -> str:
    year, number = period.split("-")
    return f"{MONTHS[int(number) - 1]} {year}"


def what_for(kind: str, source_name: str, about_period: str) -> str:
    if kind == "usage":
        return source_name or "Calls outside agents and workflows"
    if kind == CARRIED:
        return f"Credit of {month(about_period)}"
    parts = [KINDS.get(kind, kind.replace("_", " ").capitalize())]
    parts += [f"of {source_name}"] if source_name else []
    parts += [f"for {month(about_period)}"] if about_period else []
    return " ".join(parts)
