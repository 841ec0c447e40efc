"""Password hashes, in the vault."""

from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

CREATE = "INSERT INTO vault.passwords (user_id, hash) VALUES (%s, %s) ON CONFLICT DO NOTHING"
READ = "SELECT hash FROM vault.passwords WHERE user_id = %s"


class PostgresPasswords:
    def __init__(self, pool: AsyncConnectionPool[AsyncConnection[Any]]) -> None:
        self._pool = pool

    async def create(self, user_id: UUID, hash_: str) -> None:
        """One that is there stays."""
        async with self._pool.connection() as conn:
            await conn.execute(CREATE, (user_id, hash_))

    async def hash_of(self, user_id: UUID) -> str | None:
        async with self._pool.connection() as conn:
            row = await (await conn.execute(READ, (user_id,))).fetchone()
        return row[0] if row else None
