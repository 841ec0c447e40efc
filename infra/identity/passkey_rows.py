"""Passkeys and the challenges they answer, in the vault."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from infra.identity.hashing import hashed
from infra.identity.pool import Clock, Pool, changed, first
from schemas.base import UserId

Purpose = Literal["register", "sign_in"]

LIFE = timedelta(minutes=5)
MOST_PER_USER = 20
COLUMNS = "id, user_id, public_key, sign_count, label, transports, created_at, used_at"

CHALLENGE = """
INSERT INTO vault.passkey_challenges (challenge_hash, purpose, browser_hash, user_id, expires_at)
VALUES (%(challenge)s, %(purpose)s, %(browser)s, %(user_id)s, %(expires_at)s)"""
TAKE = """
DELETE FROM vault.passkey_challenges WHERE challenge_hash = %(challenge)s AND purpose = %(purpose)s
AND browser_hash = %(browser)s AND expires_at > %(now)s RETURNING user_id"""
ADD = """
INSERT INTO vault.passkeys (id, user_id, public_key, sign_count, label, transports, created_at)
SELECT %(id)s, %(user_id)s, %(public_key)s, %(sign_count)s, %(label)s, %(transports)s, %(now)s
WHERE (SELECT count(*) FROM vault.passkeys WHERE user_id = %(user_id)s) < %(most)s
ON CONFLICT DO NOTHING"""
GET = f"SELECT {COLUMNS} FROM vault.passkeys WHERE id = %(id)s"
OF_USER = f"SELECT {COLUMNS} FROM vault.passkeys WHERE user_id = %(user_id)s ORDER BY created_at, id"
USE = """
UPDATE vault.passkeys SET sign_count = %(sign_count)s, used_at = %(now)s
WHERE id = %(id)s AND (sign_count < %(sign_count)s OR (sign_count, %(sign_count)s) = (0, 0))"""
RENAME = "UPDATE vault.passkeys SET label = %(label)s WHERE id = %(id)s AND user_id = %(user_id)s"
REMOVE = "DELETE FROM vault.passkeys WHERE id = %(id)s AND user_id = %(user_id)s"


@dataclass(frozen=True, slots=True)
class Passkey:
    id: bytes
    user_id: UserId
    public_key: bytes
    sign_count: int
    label: str
    transports: tuple[str, ...]
    created_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Challenged:
    """Whom a challenge was for; a sign-in may be for whoever answers it."""

    user_id: UserId | None


class PasskeyStore(Protocol):
    async def challenge(
        self, purpose: Purpose, challenge: str, browser: str, user_id: UserId | None
    ) -> None: ...

    async def take(self, purpose: Purpose, challenge: str, browser: str) -> Challenged | None:
        """Once, from the same browser, in time."""
        ...

    async def add(self, passkey: Passkey) -> bool:
        """False when it is known already, or its owner has too many."""
        ...

    async def get(self, passkey_id: bytes) -> Passkey | None: ...

    async def of_user(self, user_id: UserId) -> Sequence[Passkey]: ...

    async def use(self, passkey_id: bytes, sign_count: int) -> bool:
        """False when the count did not rise, as one of a copy would not."""
        ...

    async def rename(self, user_id: UserId, passkey_id: bytes, label: str) -> bool: ...

    async def remove(self, user_id: UserId, passkey_id: bytes) -> bool: ...


class PostgresPasskeys:
    def __init__(self, pool: Pool, now: Clock) -> None:
        self._pool, self._now = pool, now

    async def challenge(self, purpose: Purpose, challenge: str, browser: str, user_id: UserId | None) -> None:
        params = {"user_id": user_id, "expires_at": self._now() + LIFE}
        await changed(self._pool, CHALLENGE, {**keys(purpose, challenge, browser), **params})

    async def take(self, purpose: Purpose, challenge: str, browser: str) -> Challenged | None:
        row = await first(self._pool, TAKE, {**keys(purpose, challenge, browser), "now": self._now()})
        return Challenged(row[0]) if row else None

    async def add(self, passkey: Passkey) -> bool:
        params = {
            "id": passkey.id,
            "user_id": passkey.user_id,
            "public_key": passkey.public_key,
            "sign_count": passkey.sign_count,
            "label": passkey.label,
            "transports": list(passkey.transports),
            "now": passkey.created_at,
            "most": MOST_PER_USER,
        }
        return await changed(self._pool, ADD, params) == 1

    async def get(self, passkey_id: bytes) -> Passkey | None:
        row = await first(self._pool, GET, {"id": passkey_id})
        return passkey_from(row) if row else None

    async def of_user(self, user_id: UserId) -> Sequence[Passkey]:
        async with self._pool.connection() as conn:
            rows = await (await conn.execute(OF_USER, {"user_id": user_id})).fetchall()
        return [passkey_from(row) for row in rows]

    async def use(self, passkey_id: bytes, sign_count: int) -> bool:
        params = {"id": passkey_id, "sign_count": sign_count, "now": self._now()}
        return await changed(self._pool, USE, params) == 1

    async def rename(self, user_id: UserId, passkey_id: bytes, label: str) -> bool:
        params = {"id": passkey_id, "user_id": user_id, "label": label}
        return await changed(self._pool, RENAME, params) == 1

    async def remove(self, user_id: UserId, passkey_id: bytes) -> bool:
        return await changed(self._pool, REMOVE, {"id": passkey_id, "user_id": user_id}) == 1


def keys(purpose: Purpose, challenge: str, browser: str) -> dict[str, str | bytes]:
    return {"purpose": purpose, "challenge": hashed(challenge), "browser": hashed(browser)}


def passkey_from(row: tuple[object, ...]) -> Passkey:
    fields: dict[str, object] = dict(zip(COLUMNS.split(", "), row, strict=True))
    return Passkey(**{**fields, "transports": tuple(fields["transports"])})  # type: ignore[arg-type]
