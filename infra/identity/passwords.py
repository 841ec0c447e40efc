"""Whose password is which: one hash per person. Whoever signs in gets theirs hashed as we do it today."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from infra.crypto.passwords import Passwords, TooBusy
from infra.identity.pool import Clock, Pool, changed, first, utc_now
from schemas.base import UserId

NOBODY = UserId(UUID(int=0))
"""Asked for in place of people we do not know: that takes as long."""

GET = "SELECT hash, changed_at FROM vault.passwords WHERE user_id = %(user_id)s"
CREATE = """
INSERT INTO vault.passwords (user_id, hash, changed_at) VALUES (%(user_id)s, %(hash)s, %(now)s)
ON CONFLICT DO NOTHING"""
SET = """
INSERT INTO vault.passwords (user_id, hash, changed_at) VALUES (%(user_id)s, %(hash)s, %(now)s)
ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at"""
IMPROVE = "UPDATE vault.passwords SET hash = %(hash)s WHERE user_id = %(user_id)s AND hash = %(old)s"
REMOVE = "DELETE FROM vault.passwords WHERE user_id = %(user_id)s"


@dataclass(frozen=True, slots=True)
class StoredPassword:
    hash: str
    changed_at: datetime


class PasswordStore(Protocol):
    async def get(self, user_id: UserId) -> StoredPassword | None: ...

    async def create(self, user_id: UserId, hashed: str) -> None:
        """One that is there stays."""
        ...

    async def set(self, user_id: UserId, hashed: str) -> None:
        """A new password."""
        ...

    async def improve(self, user_id: UserId, old: str, new: str) -> None:
        """Another hash of the same password, unless it was changed meanwhile."""
        ...

    async def remove(self, user_id: UserId) -> bool: ...


async def password_is(store: PasswordStore, hasher: Passwords, user_id: UserId | None, password: str) -> bool:
    """The same work for known and unknown people. Raises TooBusy."""
    stored = await store.get(user_id or NOBODY)
    if not await hasher.verify(stored.hash if stored else None, password):
        return False
    assert user_id and stored
    if hasher.needs_rehash(stored.hash):
        await improved(store, hasher, user_id, stored.hash, password)
    return True


async def improved(store: PasswordStore, hasher: Passwords, user_id: UserId, old: str, password: str) -> None:
    """It can wait for the next time."""
    try:
        await store.improve(user_id, old, await hasher.hash(password))
    except TooBusy:
        return


class PostgresPasswords:
    def __init__(self, pool: Pool, now: Clock = utc_now) -> None:
        self._pool, self._now = pool, now

    async def create(self, user_id: UUID, hashed: str) -> None:
        await changed(self._pool, CREATE, {"user_id": user_id, "hash": hashed, "now": self._now()})

    async def get(self, user_id: UserId) -> StoredPassword | None:
        row = await first(self._pool, GET, {"user_id": user_id})
        return StoredPassword(*row) if row else None

    async def set(self, user_id: UserId, hashed: str) -> None:
        await changed(self._pool, SET, {"user_id": user_id, "hash": hashed, "now": self._now()})

    async def improve(self, user_id: UserId, old: str, new: str) -> None:
        await changed(self._pool, IMPROVE, {"user_id": user_id, "hash": new, "old": old})

    async def remove(self, user_id: UserId) -> bool:
        return await changed(self._pool, REMOVE, {"user_id": user_id}) == 1
