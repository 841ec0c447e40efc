"""The key of a page: the last row of the page before, in words of ours."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from api.paging import Page
from api.reads import BadCursor
from projections.reading import MAX_PAGE, Before

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
R = TypeVar("R")
T = TypeVar("T")
Key = tuple[datetime, UUID] | tuple[datetime, str]


def before(cursor: str | None) -> Before | None:
    if cursor is None:
        return None
    at, _, row_id = cursor.partition(" ")
    try:
        return aware(datetime.fromisoformat(at)), UUID(row_id)
    except ValueError as error:
        raise BadCursor(cursor) from error


def after(cursor: str | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    at, _, name = cursor.partition(" ")
    try:
        return aware(datetime.fromisoformat(at)), storable(name)
    except ValueError as error:
        raise BadCursor(cursor) from error


def after_budget(cursor: str | None) -> tuple[str, UUID] | None:
    if cursor is None:
        return None
    level, _, subject = cursor.partition(" ")
    try:
        return storable(level), UUID(subject)
    except ValueError as error:
        raise BadCursor(cursor) from error


def storable(name: str) -> str:
    if "\0" in name:
        raise BadCursor(name)
    return name


def aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a time without a zone is none of ours")
    return at


def page(found: Sequence[R], limit: int, key: Callable[[R], Key], shown: Callable[[R], T]) -> Page[T]:
    """`found` has one row more than `limit` when there is another page, if so many may be asked for."""
    more = len(found) > limit or (limit == MAX_PAGE and len(found) == limit)
    rows = found[:limit]
    return Page([shown(row) for row in rows], text(key(rows[-1])) if more else None)


class Named(Protocol):
    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=Named)


def after_name(cursor: str | None) -> str:
    if cursor is not None and not NAME.fullmatch(cursor):
        raise BadCursor(cursor)
    return cursor or ""


def page_by_name(found: Sequence[N], limit: int, shown: Callable[[N], T]) -> Page[T]:
    """`found` has one row more than `limit` when there is another page."""
    rows = found[:limit]
    return Page([shown(row) for row in rows], rows[-1].name if len(found) > limit else None)


class Numbered(Protocol):
    @property
    def number(self) -> int: ...


V = TypeVar("V", bound=Numbered)
LARGEST = 2**31 - 1


def before_number(cursor: str | None) -> int:
    if cursor is not None and not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 10):
        raise BadCursor(cursor)
    return LARGEST if cursor is None else int(cursor)


def page_by_number(found: Sequence[V], limit: int, shown: Callable[[V], T]) -> Page[T]:
    """`found` has one row more than `limit` when there is another page."""
    rows = found[:limit]
    return Page([shown(row) for row in rows], str(rows[-1].number) if len(found) > limit else None)


def text(key: Key) -> str:
    at, name = key
    return f"{at.isoformat()} {name}"
