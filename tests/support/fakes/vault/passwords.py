from dataclasses import replace

from infra.identity.passwords import StoredPassword
from infra.identity.pool import Clock
from schemas.base import UserId


class MemoryPasswords:
    def __init__(self, now: Clock) -> None:
        self._now = now
        self.rows: dict[UserId, StoredPassword] = {}

    async def get(self, user_id: UserId) -> StoredPassword | None:
        return self.rows.get(user_id)

    async def create(self, user_id: UserId, hashed: str) -> None:
        self.rows.setdefault(user_id, StoredPassword(hashed, self._now()))

    async def set(self, user_id: UserId, hashed: str) -> None:
        self.rows[user_id] = StoredPassword(hashed, self._now())

    async def improve(self, user_id: UserId, old: str, new: str) -> None:
        stored = self.rows.get(user_id)
        if stored and stored.hash == old:
            self.rows[user_id] = replace(stored, hash=new)

    async def remove(self, user_id: UserId) -> bool:
        return self.rows.pop(user_id, None) is not None
