from dataclasses import dataclass
from uuid import UUID

from projections.kernel import Connection
from projections.reading import many, one

RUNS = """
SELECT execution_id, tenant_id, partner_id, position, started, parked, paused, priority, weight, queued_at,
    coalesce(scope, 'tenant') AS scope
FROM run_queue
"""
TENANTS = """
SELECT id, status IN ('suspended', 'closed') AS stopped, nullif(max_runs, 0) AS max_runs FROM tenants
WHERE status IN ('suspended', 'closed') OR max_runs > 0
"""
POSITION = "SELECT min(position) AS position FROM projections WHERE name IN ('run_queue', 'tenants')"

# How many run at a partner or on the platform is not for a tenant's eyes but in the reason it was given.
WAITING = """
SELECT q.scope, q.run_limit AS "limit",
    CASE q.scope WHEN 'tenant' THEN
        (SELECT count(*) FROM run_queue o WHERE o.tenant_id = q.tenant_id AND o.started
            AND NOT o.parked AND NOT o.paused)
    ELSE q.running END AS running,
    (SELECT count(*) FROM run_queue o WHERE o.tenant_id = q.tenant_id AND NOT o.started
        AND NOT o.paused AND (o.priority, o.queued_at) < (q.priority, q.queued_at)) AS ahead
FROM run_queue q WHERE q.execution_id = %(id)s AND NOT q.started
"""


@dataclass(frozen=True, slots=True)
class QueueRow:
    execution_id: UUID
    tenant_id: UUID
    partner_id: UUID | None
    position: int
    started: bool
    parked: bool
    paused: bool
    priority: int
    weight: int
    queued_at: int
    scope: str


@dataclass(frozen=True, slots=True)
class UnusualTenant:
    """One that is suspended or closed, or has a limit of its own."""

    id: UUID
    stopped: bool
    max_runs: int | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Why a run waits: at most `limit` may run at `scope`. `ahead`: runs of its tenant that go before it.

    `running`: now, at a tenant; when it was queued, at a partner and on the platform.
    """

    scope: str
    limit: int
    running: int
    ahead: int


@dataclass(frozen=True, slots=True)
class Loaded:
    """Everything up to `position` is in it; of some rows, more."""

    position: int
    runs: list[QueueRow]
    tenants: list[UnusualTenant]


async def waiting(conn: Connection, execution_id: UUID) -> Waiting | None:
    """None: it does not wait in the queue."""
    return await one(conn, Waiting, WAITING, {"id": execution_id})


async def load(conn: Connection) -> Loaded:
    """The position is read first: what changes meanwhile is newer, and comes once more as events."""
    found = await (await conn.execute(POSITION)).fetchone()
    runs = await many(conn, QueueRow, RUNS, {})
    return Loaded(found[0] if found else 0, runs, await many(conn, UnusualTenant, TENANTS, {}))
