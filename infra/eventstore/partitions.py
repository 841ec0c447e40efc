"""The months of payloads: made ahead, and dropped as a whole when they are no longer wanted. As owner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg import AsyncConnection, sql

Connection = AsyncConnection[Any]

ENSURE = "SELECT ensure_payload_partitions()"
LOCK_TIMEOUT = "SET LOCAL lock_timeout = '5s'"

# A partition's month is the last one it may have rows of; none while the one for the rest is empty.
USAGE = """
WITH stored AS (
    SELECT tableoid AS id, max(month) AS month, count(*) AS payloads, sum(bytes) AS bytes
    FROM payloads GROUP BY tableoid
)
SELECT c.relname, coalesce(month, to_date(substring(c.relname FROM '\\d{4}_\\d{2}$'), 'YYYY_MM')),
    coalesce(payloads, 0), coalesce(bytes, 0), pg_total_relation_size(c.oid)
FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid LEFT JOIN stored ON id = c.oid
WHERE inhparent = 'payloads'::regclass ORDER BY 1"""


@dataclass(frozen=True, slots=True)
class Partition:
    """`bytes` is what the values are, `on_disk` what they take."""

    name: str
    month: date | None
    payloads: int
    bytes: int
    on_disk: int


async def ensure(conn: Connection) -> None:
    """Idempotent."""
    async with conn.transaction():
        await conn.execute(LOCK_TIMEOUT)
        await conn.execute(ENSURE)


async def usage(conn: Connection) -> list[Partition]:
    """For a role that sees every tenant's rows."""
    rows = await (await conn.execute(USAGE)).fetchall()
    return [Partition(*row) for row in rows]


async def drop(conn: Connection, partitions: Sequence[Partition]) -> None:
    """For ever. Their events keep the markers."""
    async with conn.transaction():
        await conn.execute(LOCK_TIMEOUT)
        for partition in partitions:
            await conn.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(partition.name)))
        await conn.execute(ENSURE)
