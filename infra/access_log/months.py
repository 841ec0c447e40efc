"""The months of the access log: made ahead, and dropped as a whole when they are too old. As owner."""

from datetime import date
from typing import Any

from psycopg import AsyncConnection, sql

Connection = AsyncConnection[Any]

LOCK_TIMEOUT = "SET LOCAL lock_timeout = '5s'"
ENSURE = "SELECT ensure_access_log_partitions()"
OLD = """
SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
WHERE inhparent = 'access_log'::regclass AND relname ~ '^access_log_\\d{4}_\\d{2}$'
AND to_date(right(relname, 7), 'YYYY_MM') < %s ORDER BY 1"""


async def ensure(conn: Connection) -> None:
    """Idempotent."""
    async with conn.transaction():
        await conn.execute(LOCK_TIMEOUT)
        await conn.execute(ENSURE)


async def drop_before(conn: Connection, first: date) -> list[str]:
    """For ever: all months before `first`, and which these were."""
    async with conn.transaction():
        await conn.execute(LOCK_TIMEOUT)
        old = [name for (name,) in await (await conn.execute(OLD, (first,))).fetchall()]
        for name in old:
            await conn.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(name)))
    return old


def first_kept(today: date, months: int) -> date:
    """`months` whole ones before the present one are kept."""
    number = today.year * 12 + today.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)
