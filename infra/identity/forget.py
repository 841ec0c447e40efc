"""Erases a person from the vault."""

from infra.identity.pool import Pool
from schemas.base import UserId

OWNED = ("passwords", "totp", "recovery_codes", "passkeys", "passkey_challenges")
STATEMENTS = (
    *(f"DELETE FROM vault.{table} WHERE user_id = %(user_id)s" for table in OWNED),
    "DELETE FROM vault.codes WHERE subject = %(subject)s",
    """UPDATE vault.sessions SET ip = '', user_agent = '',
        revoked_at = coalesce(revoked_at, clock_timestamp()),
        revoked_because = coalesce(revoked_because, 'erased'),
        changed_at = CASE WHEN revoked_at IS NULL THEN clock_timestamp() ELSE changed_at END
    WHERE user_id = %(user_id)s""",
)


async def forget(pool: Pool, user_id: UserId) -> None:
    """Nothing is left; sessions stay as revoked ones, without where they came from."""
    async with pool.connection() as conn, conn.transaction():
        for statement in STATEMENTS:
            await conn.execute(statement, {"user_id": user_id, "subject": str(user_id)})
