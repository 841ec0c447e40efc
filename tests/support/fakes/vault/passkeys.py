from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from infra.identity.passkey_rows import LIFE, MOST_PER_USER, Challenged, Passkey, Purpose
from infra.identity.pool import Clock
from schemas.base import UserId


class MemoryPasskeys:
    def __init__(self, now: Clock) -> None:
        self._now = now
        self._challenges: dict[tuple[Purpose, str, str], tuple[Challenged, datetime]] = {}
        self._rows: dict[bytes, Passkey] = {}

    async def challenge(self, purpose: Purpose, challenge: str, browser: str, user_id: UserId | None) -> None:
        self._challenges[purpose, challenge, browser] = Challenged(user_id), self._now() + LIFE

    async def take(self, purpose: Purpose, challenge: str, browser: str) -> Challenged | None:
        nothing = None, self._now()
        challenged, expires_at = self._challenges.pop((purpose, challenge, browser), nothing)
        return challenged if expires_at > self._now() else None

    async def add(self, passkey: Passkey) -> bool:
        if passkey.id in self._rows or len(await self.of_user(passkey.user_id)) >= MOST_PER_USER:
            return False
        self._rows[passkey.id] = passkey
        return True

    async def get(self, passkey_id: bytes) -> Passkey | None:
        return self._rows.get(passkey_id)

    async def of_user(self, user_id: UserId) -> Sequence[Passkey]:
        mine = [row for row in self._rows.values() if row.user_id == user_id]
        return sorted(mine, key=lambda row: (row.created_at, row.id))

    async def use(self, passkey_id: bytes, sign_count: int) -> bool:
        row = self._rows.get(passkey_id)
        if row is None or not (row.sign_count < sign_count or row.sign_count == sign_count == 0):
            return False
        self._rows[passkey_id] = replace(row, sign_count=sign_count, used_at=self._now())
        return True

    async def rename(self, user_id: UserId, passkey_id: bytes, label: str) -> bool:
        row = self._rows.get(passkey_id)
        if row is None or row.user_id != user_id:
            return False
        self._rows[passkey_id] = replace(row, label=label)
        return True

    async def remove(self, user_id: UserId, passkey_id: bytes) -> bool:
        row = self._rows.get(passkey_id)
        return row is not None and row.user_id == user_id and bool(self._rows.pop(passkey_id))
