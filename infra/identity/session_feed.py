"""What was revoked, for who must know of it within seconds and asks again and again."""

from collections.abc import Sequence
from datetime import datetime

from infra.identity.session_types import Ended, Sessions


class RevokedSessions:
    """Each call tells what has come since the one before; the first begins at `since`."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._until: datetime | None = None

    async def __call__(self, since: datetime) -> Sequence[Ended]:
        found: list[Ended] = []
        complete = False
        while not complete:
            changes = await self._sessions.changes_since(self._until or since)
            found += changes.ended
            self._until, complete = changes.until, changes.complete
        return found
