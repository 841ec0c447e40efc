"""What was found under the hash of a key, kept for a second: so long a revoked one may still count."""

import time
from collections import OrderedDict
from collections.abc import Callable

from api.rows.teams import KeyRow
from api.team_reads import TeamReads
from infra.db.scope import Scope

FRESH_SECONDS = 1.0
MOST_KEPT = 10_000
EVERYWHERE = Scope(platform=True)
"""Whose a key is it says itself."""


class FoundKeys:
    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._found: OrderedDict[str, tuple[float, KeyRow | None]] = OrderedDict()

    async def find(self, reads: TeamReads, key_hash: str) -> KeyRow | None:
        at, row = self._found.get(key_hash, (float("-inf"), None))
        asked = self._now()
        if asked - at < FRESH_SECONDS:
            return row
        row = await reads.key_by_hash(EVERYWHERE, key_hash)
        self._found[key_hash] = asked, row
        self._found.move_to_end(key_hash)
        if len(self._found) > MOST_KEPT:
            self._found.popitem(last=False)
        return row

    def forget(self) -> None:
        """Something was changed here."""
        self._found.clear()
