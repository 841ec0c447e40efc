"""Occurrences whose run should have begun and did not: found by the reconciler, page by page."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from projections.kernel import Connection
from projections.reading import many
from schemas.envelope import Problem

PENDING = """
SELECT id, trigger_id, occurrence, created_at AS since, event_position, tenant_id, partner_id
FROM trigger_deliveries
WHERE status = 'pending' AND created_at < %(before)s AND (created_at, id) > (%(since)s, %(id)s)
ORDER BY created_at, id LIMIT %(limit)s
"""


class PendingStart(NamedTuple):
    """`event_position`: of the trigger's event. `refused`: what its start was answered, if that was no."""

    id: UUID
    trigger_id: UUID
    occurrence: str
    since: datetime
    event_position: int
    tenant_id: UUID
    partner_id: UUID | None
    refused: Problem | None = None


async def pending(conn: Connection, before: datetime, after: PendingStart, limit: int) -> list[PendingStart]:
    place = {"id": after.id, "since": after.since, "before": before, "limit": limit}
    return await many(conn, PendingStart, PENDING, place)
