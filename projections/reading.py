"""Typed SELECTs. What a caller may see is decided by its transaction's scope, never by these.

A list that names its tenant is read from that tenant's index; a policy alone would look at everybody's rows.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from psycopg.rows import class_row

from projections.kernel import Connection

R = TypeVar("R")
Params = Mapping[str, Any]
Before = tuple[datetime, UUID]
"""The last row of the page before: pages go from new to old."""

MAX_PAGE = 100


async def many(conn: Connection, row: type[R], query: str, params: Params) -> list[R]:
    async with conn.cursor(row_factory=class_row(row)) as cursor:
        return await (await cursor.execute(query.encode(), params)).fetchall()


async def one(conn: Connection, row: type[R], query: str, params: Params) -> R | None:
    async with conn.cursor(row_factory=class_row(row)) as cursor:
        return await (await cursor.execute(query.encode(), params)).fetchone()


async def page(
    conn: Connection,
    row: type[R],
    select: str,
    before: Before | None,
    limit: int,
    at: str = "created_at",
    **equal: Any,
) -> list[R]:
    """Newest first, `equal` columns matched where a value is given. At most MAX_PAGE rows."""
    given = {column: value for column, value in equal.items() if value is not None}
    clauses = ["true", *(f"{column} = %({column})s" for column in given)]
    params = {**given, "limit": max(1, min(limit, MAX_PAGE))}
    if before is not None:
        clauses.append(f"({at}, id) < (%(before_at)s, %(before_id)s)")
        params |= {"before_at": before[0], "before_id": before[1]}
    query = f"{select} WHERE {' AND '.join(clauses)} ORDER BY {at} DESC, id DESC LIMIT %(limit)s"
    return await many(conn, row, query, params)
