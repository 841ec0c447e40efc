"""What a month's totals are made of: its runs, its entries."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from projections.kernel import Connection
from projections.reading import many


@dataclass(frozen=True, slots=True)
class MonthRun:
    run: str
    source_kind: str
    source_id: str
    source_name: str
    model: str
    calls: int
    tokens: int
    price: Decimal


@dataclass(frozen=True, slots=True)
class MonthEntry:
    """`ref` names the event on the ledger."""

    id: UUID
    recorded_at: datetime
    ref: str
    kind: str
    run: str
    node: str
    attempt: int
    source_kind: str
    source_id: str
    source_name: str
    model: str
    tokens_input: int
    tokens_output: int
    tokens_cache_read: int
    tokens_cache_write: int
    tokens_reasoning: int
    price: Decimal


TOKENS = "tokens_input + tokens_output + tokens_cache_read + tokens_cache_write + tokens_reasoning"
SOURCE = """
coalesce(s.source_kind, '') AS source_kind, coalesce(s.source_id, '') AS source_id,
    coalesce(s.source_name, '') AS source_name, coalesce(e.model, '') AS model
"""
FROM = """
FROM ledger_entries AS e LEFT JOIN run_sources AS s ON s.execution_id = e.job_id
WHERE e.tenant_id = %(tenant_id)s AND e.period = %(period)s
"""
RUNS = f"""
SELECT coalesce(e.job_id::text, '') AS run, {SOURCE}, count(*) AS calls, sum({TOKENS})::bigint AS tokens,
    sum(e.price_usd) AS price
{FROM} GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 5 LIMIT %(limit)s
"""
ENTRIES = f"""
SELECT e.id, e.recorded_at, e.stream || '@' || e.version AS ref, e.kind, coalesce(e.job_id::text, '') AS run,
    coalesce(e.node, '') AS node, coalesce(e.attempt, 0) AS attempt, {SOURCE}, e.tokens_input,
    e.tokens_output, e.tokens_cache_read, e.tokens_cache_write, e.tokens_reasoning, e.price_usd AS price
{FROM} AND (e.recorded_at, e.id) > (%(at)s, %(id)s) ORDER BY e.recorded_at, e.id LIMIT %(limit)s
"""


async def runs(conn: Connection, tenant_id: UUID, period: str, limit: int) -> list[MonthRun]:
    """By run and model."""
    params = {"tenant_id": tenant_id, "period": period, "limit": limit}
    return await many(conn, MonthRun, RUNS, params)


async def entries(
    conn: Connection, tenant_id: UUID, period: str, after: tuple[datetime, UUID], limit: int
) -> list[MonthEntry]:
    """Oldest first, after the last one seen."""
    params = {"tenant_id": tenant_id, "period": period, "limit": limit, "at": after[0], "id": after[1]}
    return await many(conn, MonthEntry, ENTRIES, params)
