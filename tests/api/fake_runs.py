"""Runs, step by step, and what people are asked in them, in memory."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from api.reads import BadCursor, Page
from api.rows.runs import (
    ApprovalRow,
    ApprovalStatus,
    ExecutionRow,
    RunFilter,
    Spending,
    StepPair,
    TimelineStep,
)
from infra.db.scope import Scope

T = TypeVar("T")
NOTHING = Spending(0, 0, Decimal(0), Decimal(0), Decimal(0))


class FakeRunReads:
    def __init__(self) -> None:
        super().__init__()
        self.runs: list[ExecutionRow] = []
        self.spent: dict[tuple[UUID, bool], Spending] = {}
        self.steps: dict[UUID, list[TimelineStep]] = {}
        self.pairs: dict[tuple[UUID, UUID], list[StepPair]] = {}
        self.asked: list[ApprovalRow] = []

    def sees(self, scope: Scope, tenant_id: UUID) -> bool:
        raise NotImplementedError

    async def execution(self, scope: Scope, execution_id: UUID) -> ExecutionRow | None:
        visible = (run for run in self.runs if self.sees(scope, run.tenant_id))
        return next((run for run in visible if run.id == execution_id), None)

    run = execution

    async def executions(
        self, scope: Scope, cursor: str | None, limit: int, wanted: RunFilter
    ) -> Page[ExecutionRow]:
        found = [run for run in self.runs if self.sees(scope, run.tenant_id)]
        return page([run for run in found if fits(run, wanted)], cursor, limit)

    async def spending(self, scope: Scope, execution_id: UUID, with_children: bool = False) -> Spending:
        return self.spent.get((execution_id, with_children), NOTHING)

    async def timeline(
        self, scope: Scope, execution_id: UUID, cursor: str | None, limit: int
    ) -> Page[TimelineStep]:
        return page(self.steps.get(execution_id, []), cursor, limit)

    async def pure_steps(self, scope: Scope, execution_id: UUID) -> int:
        return sum(step.kind is None for step in self.steps.get(execution_id, []))

    async def step_pairs(
        self, scope: Scope, execution_id: UUID, other_id: UUID, cursor: str | None, limit: int
    ) -> Page[StepPair]:
        return page(self.pairs.get((execution_id, other_id), []), cursor, limit)

    async def approval(self, scope: Scope, execution_id: UUID, node: str) -> ApprovalRow | None:
        visible = (row for row in self.asked if self.sees(scope, row.tenant_id))
        return next((row for row in visible if (row.execution_id, row.node) == (execution_id, node)), None)

    async def approvals(
        self,
        scope: Scope,
        cursor: str | None,
        limit: int,
        status: ApprovalStatus | None,
        answerable_by: Sequence[str] | None,
    ) -> Page[ApprovalRow]:
        found = [row for row in self.asked if self.sees(scope, row.tenant_id)]
        found = [row for row in found if status in (None, row.status)]
        if answerable_by is not None:
            found = [row for row in found if set(row.assignees) & set(answerable_by)]
        return page(found, cursor, limit)


def fits(run: ExecutionRow, wanted: RunFilter) -> bool:
    return (
        wanted.status in (None, run.status)
        and wanted.source_id in (None, run.source_id)
        and wanted.parent_id in (None, run.parent_id)
        and wanted.trigger_id in (None, run.trigger_id)
    )


def page(rows: Sequence[T], cursor: str | None, limit: int) -> Page[T]:
    if cursor is not None and not cursor.isdigit():
        raise BadCursor(cursor)
    start = int(cursor or 0)
    more = str(start + limit) if len(rows) > start + limit else None
    return Page(rows[start : start + limit], more)
