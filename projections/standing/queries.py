from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from projections.kernel import Connection
from projections.reading import many

MOST = 10_000
SINCE = f"""
SELECT kind, id, place_id, state, changed_at, position FROM standing
WHERE position > %(position)s AND (state <> '' OR changed_at > %(since)s)
ORDER BY position LIMIT {MOST}"""


@dataclass(frozen=True, slots=True)
class Change:
    """What was issued to the subject before `changed_at` is stale; `state` is a tenant's status."""

    kind: str
    id: UUID
    place_id: UUID
    state: str
    changed_at: datetime
    position: int


async def after(conn: Connection, position: int, since: datetime) -> list[Change]:
    """Needs the platform's scope. At most MOST; what is older than `since` concerns tenants only."""
    return await many(conn, Change, SINCE, {"position": position, "since": since})
