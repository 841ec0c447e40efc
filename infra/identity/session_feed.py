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
        """Nothing is passed over when one call fails: the next begins where the last whole one ended."""
        found: list[Ended] = []
        until, complete = self._until or since, False
        while not complete:
            changes = await self._sessions.changes_since(until)
            found += changes.ended
            until, complete = changes.until, changes.complete
        self._until = until
        return found
