"""What should have gone on by itself and did not: found by the reconciler, page by page."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from projections.kernel import Connection
from projections.reading import many

STEPS = """
SELECT s.execution_id, s.node, s.attempt, s.due_at, s.tenant_id, s.partner_id
FROM execution_steps s JOIN executions e ON e.id = s.execution_id
WHERE s.finished_at IS NULL AND e.finished_at IS NULL AND s.due_at < %(before)s
  AND (s.due_at, s.execution_id, s.node) > (%(due_at)s, %(execution_id)s, %(node)s)
ORDER BY s.due_at, s.execution_id, s.node LIMIT %(limit)s
"""
RUNS = """
SELECT id AS execution_id, deadline AS due_at, tenant_id, partner_id FROM executions
WHERE finished_at IS NULL AND deadline < %(before)s AND (deadline, id) > (%(due_at)s, %(execution_id)s)
ORDER BY deadline, id LIMIT %(limit)s
"""
REINSTATED = """
SELECT e.id AS execution_id, e.position, e.tenant_id, e.partner_id
FROM executions e JOIN tenants t ON t.id = e.tenant_id
WHERE e.status = 'paused' AND e.pause_reason = 'suspended' AND t.status <> 'suspended'
  AND e.id > %(execution_id)s
ORDER BY e.id LIMIT %(limit)s
"""


IDLE = """
SELECT id AS execution_id, events, tenant_id, partner_id FROM executions
WHERE idle_seconds IS NOT NULL AND finished_at IS NULL AND status = 'running'
  AND updated_at + idle_seconds * interval '1 second' < %(before)s AND id > %(execution_id)s
ORDER BY id LIMIT %(limit)s
"""


class OverdueStep(NamedTuple):
    execution_id: UUID
    node: str
    attempt: int
    due_at: datetime
    tenant_id: UUID
    partner_id: UUID | None


class OverdueRun(NamedTuple):
    execution_id: UUID
    due_at: datetime
    tenant_id: UUID
    partner_id: UUID | None


class IdleRun(NamedTuple):
    """Nothing has happened since its event number `events`, for longer than the run allows."""

    execution_id: UUID
    events: int
    tenant_id: UUID
    partner_id: UUID | None


class Reinstated(NamedTuple):
    """A run that stopped because its tenant was suspended, which it is no more. `position`: since then."""

    execution_id: UUID
    position: int
    tenant_id: UUID
    partner_id: UUID | None


async def steps(conn: Connection, before: datetime, after: OverdueStep, limit: int) -> list[OverdueStep]:
    """Steps of runs under way that were due before; a page begins after the last row of the one before."""
    return await many(conn, OverdueStep, STEPS, {**after._asdict(), "before": before, "limit": limit})


async def runs(conn: Connection, before: datetime, after: OverdueRun, limit: int) -> list[OverdueRun]:
    return await many(conn, OverdueRun, RUNS, {**after._asdict(), "before": before, "limit": limit})


async def idle(conn: Connection, before: datetime, after: IdleRun, limit: int) -> list[IdleRun]:
    return await many(conn, IdleRun, IDLE, {**after._asdict(), "before": before, "limit": limit})


async def reinstated(conn: Connection, after: Reinstated, limit: int) -> list[Reinstated]:
    return await many(conn, Reinstated, REINSTATED, {**after._asdict(), "limit": limit})
