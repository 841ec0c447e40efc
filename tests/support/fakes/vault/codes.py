from dataclasses import dataclass, replace
from datetime import datetime

from infra.identity.codes import ISSUED_IN, LIFE, MOST_ISSUED, MOST_TRIES, Issued, TooManyCodes, new_code
from infra.identity.pool import Clock


@dataclass
class Row:
    issued: Issued
    expires_at: datetime
    count: int
    since: datetime
    tries: int = 0
    used: bool = False


class MemoryCodes:
    def __init__(self, now: Clock) -> None:
        self._now = now
        self._rows: dict[tuple[str, str], Row] = {}

    async def issue(self, purpose: str, subject: str) -> Issued:
        now, before = self._now(), self._rows.get((purpose, subject))
        row = Row(new_code(), now + LIFE, 1, now)
        if before and before.since > now - ISSUED_IN:
            if before.count >= MOST_ISSUED:
                raise TooManyCodes
            row = replace(row, count=before.count + 1, since=before.since)
        self._rows[purpose, subject] = row
        return row.issued

    async def use_code(self, purpose: str, subject: str, code: str) -> bool:
        row = self._rows.get((purpose, subject))
        if row is None or row.tries >= MOST_TRIES or not self._usable(row):
            return False
        row.tries += 1
        row.used = row.issued.code == code.replace(" ", "").replace("-", "")
        return row.used

    async def use_link(self, purpose: str, link: str) -> str | None:
        for (its_purpose, subject), row in self._rows.items():
            if its_purpose == purpose and row.issued.link == link and self._usable(row):
                row.used = True
                return subject
        return None

    def _usable(self, row: Row) -> bool:
        return not row.used and row.expires_at > self._now()
