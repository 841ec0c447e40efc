"""Erasing somebody from the vault: their keys first, then all that proved who they were."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection, sql
from psycopg_pool import AsyncConnectionPool

from infra.crypto.subject_keys import PostgresSubjectKeys

TABLES = ("passwords", "sessions", "totp", "recovery_codes", "passkeys", "passkey_challenges")
"""Of the schema `vault`, with a column `user_id`."""

DELETE = "DELETE FROM vault.{table} WHERE user_id = %s"
DELETE_CODES = "DELETE FROM vault.codes WHERE subject = %s"


class VaultEraser:
    """On a pool that acts as the vault's role. Done again, it finds nothing more."""

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection[Any]]) -> None:
        self._pool, self._keys = pool, PostgresSubjectKeys(pool)

    async def forget(self, subject: UUID) -> int:
        return await self._keys.destroy(subject)

    async def erase(self, user_id: UUID) -> Mapping[str, int]:
        touched = {"keys": await self._keys.destroy(user_id)}
        async with self._pool.connection() as conn, conn.transaction():
            for table in TABLES:
                query = sql.SQL(DELETE).format(table=sql.Identifier(table))
                touched[table] = (await conn.execute(query, (user_id,))).rowcount
            touched["codes"] = (await conn.execute(DELETE_CODES, (str(user_id),))).rowcount
        return touched
