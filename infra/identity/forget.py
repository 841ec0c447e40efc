"""Erases a person from the vault: all that proved who they were. Their keys are erased beside it."""

from collections.abc import Mapping
from typing import Any

from psycopg import AsyncConnection

from schemas.base import UserId

OWNED = ("passwords", "totp", "recovery_codes", "passkeys", "passkey_challenges")
CODES = "DELETE FROM vault.codes WHERE subject = %(subject)s"
SESSIONS = """
UPDATE vault.sessions SET ip = '', user_agent = '', revoked_at = coalesce(revoked_at, clock_timestamp()),
    revoked_because = coalesce(revoked_because, 'erased'),
    changed_at = CASE WHEN revoked_at IS NULL THEN clock_timestamp() ELSE changed_at END
WHERE user_id = %(user_id)s"""
STATEMENTS = {
    **{table: f"DELETE FROM vault.{table} WHERE user_id = %(user_id)s" for table in OWNED},
    "codes": CODES,
    "sessions": SESSIONS,
}


async def forget(conn: AsyncConnection[Any], user_id: UserId) -> Mapping[str, int]:
    """In the caller's transaction; how many rows of which table. Sessions stay, revoked, without where from."""
    params = {"user_id": user_id, "subject": str(user_id)}
    return {table: (await conn.execute(query, params)).rowcount for table, query in STATEMENTS.items()}
