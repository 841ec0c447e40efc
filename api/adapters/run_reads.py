"""Questions about runs: their steps, approvals, money and turns."""

from collections.abc import Sequence
from uuid import UUID

from api.adapters import cursors
from api.adapters.rows import runs as rows
from api.adapters.scoped_reads import ScopedReads
from api.adapters.there import require_there
from api.reads import Page
from api.rows.runs import (
    ApprovalRow,
    ApprovalStatus,
    ExecutionRow,
    RunFilter,
    Spending,
    StepPair,
    TimelineStep,
    WaitingRow,
)
from infra.db.scope import Scope
from infra.eventstore import reading
from projections.approvals import queries as approvals
from projections.executions import queries as executions
from projections.ledger_entries import queries as entries
from projections.run_queue import queries as run_queue


class RunReads(ScopedReads):
    async def execution(self, scope: Scope, execution_id: UUID) -> ExecutionRow | None:
        async with self._scoped(scope) as conn:
            found = await executions.get(conn, execution_id)
        return rows.run_with_steps(*found) if found else None

    async def run(self, scope: Scope, execution_id: UUID) -> ExecutionRow | None:
        async with self._scoped(scope) as conn:
            found = await executions.detail(conn, execution_id)
        return rows.run_with_steps(found, ()) if found else None

    async def executions(
        self, scope: Scope, cursor: str | None, limit: int, wanted: RunFilter
    ) -> Page[ExecutionRow]:
        before = cursors.before(cursor)
        async with self._scoped(scope) as conn:
            found = await executions.list_page(
                conn,
                before,
                limit + 1,
                tenant_id=scope.tenant_id,
                status=wanted.status,
                source_id=wanted.source_id,
                parent_execution_id=wanted.parent_id,
                trigger_id=wanted.trigger_id,
            )
        return cursors.page(found, limit, lambda row: (row.created_at, row.id), rows.run)

    async def spending(self, scope: Scope, execution_id: UUID, with_children: bool = False) -> Spending:
        async with self._scoped(scope) as conn:
            runs = [execution_id]
            if with_children:
                runs = await executions.with_those_below(conn, execution_id)
            return rows.spending(await entries.sums_of(conn, *runs))

    async def timeline(
        self, scope: Scope, execution_id: UUID, cursor: str | None, limit: int
    ) -> Page[TimelineStep]:
        after = cursors.after(cursor)
        async with self._scoped(scope) as conn:
            steps = await executions.steps_page(conn, execution_id, after, limit + 1)
            nodes = [step.node for step in steps[:limit]]
            attempts = await executions.attempts_of(conn, execution_id, nodes)
            charges = await entries.charges_of(conn, execution_id, nodes)
            versions = [attempt.version for attempt in attempts]
            asked = await reading.at_versions(conn, f"execution-{execution_id}", versions)
        require_there(asked.values())
        shown = rows.timeline(steps, attempts, charges, asked)
        return cursors.page(steps, limit, rows.key_of_step, lambda row: shown[row.node])

    async def pure_steps(self, scope: Scope, execution_id: UUID) -> int:
        async with self._scoped(scope) as conn:
            return await executions.pure_steps(conn, execution_id)

    async def step_pairs(
        self, scope: Scope, execution_id: UUID, other_id: UUID, cursor: str | None, limit: int
    ) -> Page[StepPair]:
        after = cursors.storable(cursor) if cursor is not None else None
        async with self._scoped(scope) as conn:
            found = await executions.pairs(conn, execution_id, other_id, after, limit + 1)
        more = found[limit - 1].node if len(found) > limit else None
        return Page([rows.pair(row) for row in found[:limit]], more)

    async def approval(self, scope: Scope, execution_id: UUID, node: str) -> ApprovalRow | None:
        async with self._scoped(scope) as conn:
            found = await approvals.get(conn, execution_id, node)
        return rows.approval(found) if found else None

    async def approvals(
        self,
        scope: Scope,
        cursor: str | None,
        limit: int,
        status: ApprovalStatus | None,
        answerable_by: Sequence[str] | None,
    ) -> Page[ApprovalRow]:
        before = cursors.before(cursor)
        async with self._scoped(scope) as conn:
            found = await approvals.list_page(conn, before, limit + 1, status, scope.tenant_id, answerable_by)
        return cursors.page(found, limit, lambda row: (row.created_at, row.id), rows.approval)

    async def waiting(self, scope: Scope, execution_id: UUID) -> WaitingRow | None:
        async with self._scoped(scope) as conn:
            found = await run_queue.waiting(conn, execution_id)
        return WaitingRow(found.scope, found.limit, found.running, found.ahead) if found else None
