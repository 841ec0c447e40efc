from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from uuid import UUID

from projections.executions.rows import Attempt, Count, Execution, ExecutionSummary, Id, Step, StepPair
from projections.kernel import Connection
from projections.reading import Before, many, one, page

MAX_STEPS = 500
MAX_RUNS_BELOW = 10_000
MAX_OPEN = 100_000


def columns(row: type[ExecutionSummary] | type[Step] | type[Attempt]) -> str:
    return ", ".join(field.name for field in fields(row))


SUMMARY = f"SELECT {columns(ExecutionSummary)} FROM executions"
DETAIL = f"SELECT {columns(Execution)} FROM executions WHERE id = %(id)s"
STEPS = f"""
SELECT {columns(Step)} FROM execution_steps
WHERE execution_id = %(id)s AND (%(at)s::timestamptz IS NULL OR (created_at, node) > (%(at)s, %(node)s))
ORDER BY created_at, node LIMIT %(limit)s
"""
ATTEMPTS = f"""
SELECT {columns(Attempt)} FROM step_attempts
WHERE execution_id = %(id)s AND node = ANY(%(nodes)s) ORDER BY node, attempt
"""
OPEN = """
SELECT id FROM executions WHERE tenant_id = %(tenant_id)s AND finished_at IS NULL
ORDER BY created_at LIMIT %(limit)s
"""
PURE = """
SELECT count(*) AS count FROM execution_steps
WHERE execution_id = %(id)s AND kind IS NULL AND status = 'succeeded' AND reused_from IS NULL
"""
BELOW = """
WITH RECURSIVE tree AS (
    SELECT id FROM executions WHERE id = %(id)s
    UNION ALL
    SELECT e.id FROM executions e JOIN tree t ON e.parent_execution_id = t.id
) SELECT id FROM tree LIMIT %(limit)s
"""
PAIRS = """
WITH this AS (SELECT * FROM execution_steps WHERE execution_id = %(id)s),
    other AS (SELECT * FROM execution_steps WHERE execution_id = %(other)s)
SELECT node, this.status, other.status AS other_status, this.reused_from,
    other.reused_from AS other_reused_from,
    CASE WHEN other.status IS NULL THEN 'only_this' WHEN this.status IS NULL THEN 'only_other'
        WHEN this.output IS NOT DISTINCT FROM other.output THEN 'equal' ELSE 'different' END AS outputs
FROM this FULL JOIN other USING (node)
WHERE %(after)s::text IS NULL OR node > %(after)s ORDER BY node LIMIT %(limit)s
"""

After = tuple[datetime, str]
"""When the last step of the page before began, and its path."""


async def get(conn: Connection, execution_id: UUID) -> tuple[Execution, list[Step]] | None:
    """The run and its first MAX_STEPS steps in the order they began."""
    execution = await detail(conn, execution_id)
    return (execution, await steps_page(conn, execution_id)) if execution else None


async def detail(conn: Connection, execution_id: UUID) -> Execution | None:
    return await one(conn, Execution, DETAIL, {"id": execution_id})


async def steps_page(
    conn: Connection, execution_id: UUID, after: After | None = None, limit: int = MAX_STEPS
) -> list[Step]:
    at, node = after or (None, None)
    params = {"id": execution_id, "at": at, "node": node, "limit": min(limit, MAX_STEPS + 1)}
    return await many(conn, Step, STEPS, params)


async def attempts_of(conn: Connection, execution_id: UUID, nodes: Sequence[str]) -> list[Attempt]:
    return await many(conn, Attempt, ATTEMPTS, {"id": execution_id, "nodes": list(nodes)})


async def pure_steps(conn: Connection, execution_id: UUID) -> int:
    """How many steps were computed inside a decision."""
    found = await one(conn, Count, PURE, {"id": execution_id})
    return found.count if found else 0


async def with_those_below(conn: Connection, execution_id: UUID) -> list[UUID]:
    """The run and the runs of its subworkflows, all the way down."""
    found = await many(conn, Id, BELOW, {"id": execution_id, "limit": MAX_RUNS_BELOW})
    return [row.id for row in found]


async def pairs(
    conn: Connection, execution_id: UUID, other_id: UUID, after: str | None = None, limit: int = MAX_STEPS
) -> list[StepPair]:
    """The step paths of two runs side by side, in the order of their names."""
    bounds = {"after": after, "limit": min(limit, MAX_STEPS + 1)}
    return await many(conn, StepPair, PAIRS, {"id": execution_id, "other": other_id, **bounds})


async def list_page(
    conn: Connection,
    before: Before | None = None,
    limit: int = 50,
    tenant_id: UUID | None = None,
    status: str | None = None,
    source_id: UUID | None = None,
    parent_execution_id: UUID | None = None,
    trigger_id: UUID | None = None,
) -> list[ExecutionSummary]:
    """Without inputs and outputs, which may be large."""
    return await page(
        conn,
        ExecutionSummary,
        SUMMARY,
        before,
        limit,
        tenant_id=tenant_id,
        status=status,
        source_id=source_id,
        parent_execution_id=parent_execution_id,
        trigger_id=trigger_id,
    )


async def open_of(conn: Connection, tenant_id: UUID) -> list[UUID]:
    """Its runs that have not ended, the oldest first."""
    return [found.id for found in await many(conn, Id, OPEN, {"tenant_id": tenant_id, "limit": MAX_OPEN})]
