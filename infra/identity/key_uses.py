"""When keys of programs were used last, in the vault."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

NOTE = """
INSERT INTO vault.api_key_uses AS known (key_id, used_at, address)
SELECT * FROM unnest(%s::uuid[], %s::timestamptz[], %s::text[])
ON CONFLICT (key_id) DO UPDATE SET used_at = excluded.used_at, address = excluded.address
WHERE known.used_at < excluded.used_at"""
READ = "SELECT key_id, used_at, address FROM vault.api_key_uses WHERE key_id = ANY(%s)"


class KeyUse(NamedTuple):
    key_id: UUID
    used_at: datetime
    address: str


class PostgresKeyUses:
    def __init__(self, pool: AsyncConnectionPool[AsyncConnection[Any]]) -> None:
        self._pool = pool

    async def note(self, uses: Sequence[KeyUse]) -> None:
        """At most one of each key. An older one changes nothing."""
        ids, times, addresses = ([use[part] for use in uses] for part in range(3))
        async with self._pool.connection() as conn:
            await conn.execute(NOTE, (ids, times, addresses))

    async def read(self, key_ids: Collection[UUID]) -> dict[UUID, KeyUse]:
        async with self._pool.connection() as conn:
            rows = await (await conn.execute(READ, (list(key_ids),))).fetchall()
        return {row[0]: KeyUse(*row) for row in rows}
