"""Entries by the time they begin, oldest first. What was in force stays so; what is to come may change."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from contexts.billing.errors import NoSuchRate, RateInThePast


class Entry(Protocol):
    @property
    def effective_from(self) -> datetime: ...


E = TypeVar("E", bound=Entry)


def start_of(wanted: datetime | None, now: datetime) -> datetime:
    return (wanted or now).astimezone(UTC)


def in_force(timeline: Iterable[E], at: datetime) -> E | None:
    """The latest that has begun."""
    begun = [entry for entry in timeline if entry.effective_from <= at]
    return begun[-1] if begun else None


def require_after(timeline: tuple[Entry, ...], start: datetime, now: datetime) -> None:
    """Only a first entry may start before now, as nothing used it yet."""
    if not timeline:
        return
    latest = timeline[-1].effective_from
    if start < (earliest := max(now, latest)):
        raise RateInThePast(f"{start.isoformat()} is before {earliest.isoformat()}: the past is immutable")
    if start == latest:
        raise RateInThePast(f"another one starts at {start.isoformat()} already")


def to_come(entry: E | None, now: datetime) -> E:
    if entry is None:
        raise NoSuchRate("there is no such entry, or it was withdrawn before")
    if entry.effective_from <= now:
        raise RateInThePast(f"it began at {entry.effective_from.isoformat()}: the past is immutable")
    return entry


def unused(name: str, used: Iterable[str]) -> str:
    """The name, or the first free one after it: what was withdrawn keeps its own for ever."""
    taken = frozenset(used)
    number = 1
    while (free := name if number == 1 else f"{name}#{number}") in taken:
        number += 1
    return free


def narrowest(timelines: Mapping[str, tuple[E, ...]], scopes: Iterable[str], at: datetime) -> E | None:
    """What is in force in the first of the scopes that has anything in force."""
    found = (in_force(timelines.get(scope, ()), at) for scope in scopes)
    return next((entry for entry in found if entry is not None), None)
