"""The access log's table: inserted as `hb_vault`, read as `hb_api` inside the asker's scope."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row
from pydantic_core import to_json

from infra.access_log.entries import Access, Wanted
from infra.db.scope import Scope

Connection = AsyncConnection[Any]
Before = tuple[datetime, UUID]
MAX_ROWS = 500

# A row that is there already is there because an answer was lost: it is written again and counts once.
INSERT = """
INSERT INTO access_log SELECT * FROM jsonb_populate_recordset(NULL::access_log, %s::jsonb)
ON CONFLICT DO NOTHING"""

# The scope is row-level security's; saying it here too lets an index answer.
SELECT = """
SELECT * FROM access_log
WHERE (%(actor)s::text IS NULL OR %(actor)s IN (actor, subject, impersonator))
AND (%(tenant_id)s::uuid IS NULL OR tenant_id = %(tenant_id)s)
AND (%(partner_id)s::uuid IS NULL OR partner_id = %(partner_id)s)
AND (%(route)s::text IS NULL OR route = %(route)s)
AND (%(decision)s::text IS NULL OR decision = %(decision)s)
AND (%(since)s::timestamptz IS NULL OR at >= %(since)s)
AND (%(until)s::timestamptz IS NULL OR at < %(until)s)
AND (%(before_at)s::timestamptz IS NULL OR (at, id) < (%(before_at)s, %(before_id)s))
ORDER BY at DESC, id DESC LIMIT %(limit)s"""


async def insert(conn: Connection, entries: Sequence[Access]) -> None:
    await conn.execute(INSERT, (to_json([asdict(entry) for entry in entries]).decode(),))


async def page(
    conn: Connection, scope: Scope, wanted: Wanted, before: Before | None, limit: int
) -> list[Access]:
    """Newest first, at most MAX_ROWS."""
    at, entry_id = before or (None, None)
    params = asdict(wanted) | {
        "tenant_id": scope.tenant_id or wanted.tenant_id,
        "partner_id": scope.partner_id,
        "before_at": at,
        "before_id": entry_id,
        "limit": max(1, min(limit, MAX_ROWS)),
    }
    async with conn.cursor(row_factory=class_row(Access)) as cursor:
        return await (await cursor.execute(SELECT, params)).fetchall()
