"""A period's settled calls in the order they were settled in, to be reckoned again; not those taken back."""

from uuid import UUID

from projections.kernel import Connection
from projections.ledger_entries.queries import SELECT
from projections.ledger_entries.rows import LedgerEntry
from projections.reading import many

NEXT = (
    f"{SELECT} AS e WHERE kind = 'settle'"
    " AND NOT EXISTS (SELECT FROM ledger_entries r WHERE r.reverses = e.id)"
    " AND period = %(period)s AND position > %(after)s"
    " AND (%(partner_id)s::uuid IS NULL OR partner_id = %(partner_id)s)"
    " ORDER BY position LIMIT %(limit)s"
)


async def settled_after(
    conn: Connection, period: str, partner_id: UUID | None, after: int, limit: int
) -> list[LedgerEntry]:
    params = {"period": period, "partner_id": partner_id, "after": after, "limit": limit}
    return await many(conn, LedgerEntry, NEXT, params)
