from collections.abc import Sequence
from dataclasses import fields
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from projections.kernel import Connection
from projections.ledger_entries.rows import BillLine, Charge, LedgerEntry, Sums
from projections.reading import Before, many, one, page

SELECT = f"SELECT {', '.join(field.name for field in fields(LedgerEntry))} FROM ledger_entries"
TOKENS = "tokens_input + tokens_output + tokens_cache_read + tokens_cache_write + tokens_reasoning"
SUMS = f"""
SELECT count(*) FILTER (WHERE kind IN ('settle', 'write_off')) AS entries,
    coalesce(sum({TOKENS}), 0)::bigint AS tokens,
    coalesce(sum(cost_usd), 0) AS cost_usd,
    coalesce(sum(price_usd), 0) AS price_usd,
    coalesce(sum(commission_usd), 0) AS commission_usd
FROM ledger_entries WHERE job_id = ANY(%(ids)s)
"""
CHARGES = f"""
SELECT node, attempt, kind, degraded, ({TOKENS})::bigint AS tokens, cost_usd, price_usd, commission_usd
FROM ledger_entries WHERE job_id = %(id)s AND node = ANY(%(nodes)s) AND kind IN ('settle', 'write_off')
"""
LINES = f"""
SELECT coalesce(model, adjustment, kind) AS model, count(*) FILTER (WHERE kind = 'settle') AS calls,
    sum({TOKENS})::bigint AS tokens, sum(cost_usd) AS cost_usd,
    sum(price_usd) AS price_usd, sum(commission_usd) AS commission_usd
FROM ledger_entries WHERE tenant_id = %(tenant_id)s AND period = %(period)s AND kind <> 'write_off'
GROUP BY 1 ORDER BY price_usd DESC, model
"""


async def get(conn: Connection, entry_id: UUID) -> LedgerEntry | None:
    return await one(conn, LedgerEntry, f"{SELECT} WHERE id = %(id)s", {"id": entry_id})


async def list_page(
    conn: Connection,
    before: Before | None = None,
    limit: int = 50,
    tenant_id: UUID | None = None,
    partner_id: UUID | None = None,
    period: str | None = None,
    job_id: UUID | None = None,
) -> list[LedgerEntry]:
    """`before` is `(recorded_at, id)` of the last entry seen."""
    equal = {"tenant_id": tenant_id, "partner_id": partner_id, "period": period, "job_id": job_id}
    return await page(conn, LedgerEntry, SELECT, before, limit, at="recorded_at", **equal)


async def sums_of(conn: Connection, *execution_ids: UUID) -> Sums:
    sums = await one(conn, Sums, SUMS, {"ids": list(execution_ids)})
    assert sums is not None, "an aggregate always gives a row"
    return sums


async def charges_of(conn: Connection, execution_id: UUID, nodes: Sequence[str]) -> list[Charge]:
    """What the calls of these steps came to."""
    return await many(conn, Charge, CHARGES, {"id": execution_id, "nodes": list(nodes)})


async def bill_lines(conn: Connection, tenant_id: UUID, period: str) -> list[BillLine]:
    """A month's calls and their reversals by model, and its other adjustments by kind, dearest first."""
    return await many(conn, BillLine, LINES, {"tenant_id": tenant_id, "period": period})


class Place(NamedTuple):
    position: int


async def position_of(conn: Connection, call_key: str) -> int | None:
    """Of the event that made a call's entry."""
    query = "SELECT position FROM ledger_entries WHERE call_key = %(key)s"
    found = await one(conn, Place, query, {"key": call_key})
    return found.position if found else None


async def costs_of(conn: Connection, period: str, provider: str) -> list[tuple[str, Decimal]]:
    """Call keys and costs of a month's settled calls of one provider's models."""
    query = """
    SELECT call_key, cost_usd FROM ledger_entries
    WHERE period = %s AND kind = 'settle' AND starts_with(model, %s) ORDER BY position"""
    return await (await conn.execute(query, (period, f"{provider}/"))).fetchall()
