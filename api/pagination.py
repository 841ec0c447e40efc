"""Pages by opaque cursor: base64 of the key the query gave out."""

import base64
import binascii
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query, Request
from starlette.responses import JSONResponse

from api.errors import ApiProblem, invalid, on_http_exception
from api.reads import BadCursor
from schemas.envelope import Problem


@dataclass(frozen=True, slots=True)
class PageOf:
    """The page asked for."""

    limit: int
    key: str | None


async def page_of(
    limit: Annotated[int, Query(ge=1, le=100, description="How many items at most.")] = 20,
    cursor: Annotated[
        str | None, Query(max_length=500, description="`next_cursor` of the page before.")
    ] = None,
) -> PageOf:
    return PageOf(limit, decode(cursor) if cursor is not None else None)


async def long_page_of(
    limit: Annotated[int, Query(ge=1, le=500, description="How many items at most.")] = 100,
    cursor: Annotated[
        str | None, Query(max_length=500, description="`next_cursor` of the page before.")
    ] = None,
) -> PageOf:
    return await page_of(limit, cursor)


LongPageDep = Annotated[PageOf, Depends(long_page_of)]
PageDep = Annotated[PageOf, Depends(page_of)]


def encode(key: str | None) -> str | None:
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=") if key is not None else None


def decode(cursor: str) -> str:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError) as error:
        raise bad_cursor() from error


def bad_cursor() -> ApiProblem:
    return invalid([Problem(code="bad_cursor", message="Not a cursor of this list.", path="query.cursor")])


async def on_bad_cursor(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, BadCursor)
    return await on_http_exception(request, bad_cursor())
