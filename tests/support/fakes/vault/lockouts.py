from dataclasses import dataclass
from datetime import datetime

from infra.identity.lockouts import LIMITS, WINDOW, Attempt, LockedOut, Of, origin
from infra.identity.pool import Clock


@dataclass
class Row:
    since: datetime
    failures: int = 0
    locked_until: datetime | None = None


class MemoryLockouts:
    def __init__(self, now: Clock) -> None:
        self._now = now
        self._rows: dict[tuple[Of, str], Row] = {}

    async def attempt(self, account: str, ip: str) -> Attempt:
        address = self._count("address", origin(ip))
        failures = self._count("account", account)
        delay = max(LIMITS["account"].delay(failures), LIMITS["address"].delay(address))
        return Attempt(delay, last=failures >= LIMITS["account"].most)

    async def passed(self, account: str, ip: str) -> None:
        if row := self._rows.get(("address", origin(ip))):
            row.failures, row.locked_until = max(row.failures - 1, 0), None
        await self.unlock(account)

    async def unlock(self, account: str) -> None:
        self._rows.pop(("account", account), None)

    def _count(self, of: Of, name: str) -> int:
        now = self._now()
        row = self._rows.setdefault((of, name), Row(now))
        if row.locked_until and row.locked_until > now:
            raise LockedOut(of, row.locked_until - now)
        if row.since <= now - WINDOW:
            row.since, row.failures = now, 0
        row.failures += 1
        row.locked_until = now + WINDOW if row.failures >= LIMITS[of].most else None
        return row.failures
