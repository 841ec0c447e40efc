"""Rows of runs as the answers show them."""

from typing import Any
from uuid import UUID

from api.amounts import amounts
from api.errors import not_found
from api.models.execution import RunError, RunParent, RunSource, Spent, Step
from api.parts import Deps
from api.payloads import shown
from api.rows.runs import ExecutionRow, Spending, StepRow, TimelineAttempt, TimelineStep
from infra.db.scope import Scope
from schemas.envelope import Actor


async def visible_run(parts: Deps, scope: Scope, job_id: UUID) -> ExecutionRow:
    return found(await parts.reads.run(scope, job_id))


def found(row: ExecutionRow | None) -> ExecutionRow:
    if row is None:
        raise not_found("execution.execution_not_found", "execution")
    return row


def summary(row: ExecutionRow) -> dict[str, Any]:
    return {
        "job_id": row.id,
        "tenant_id": row.tenant_id,
        "status": row.status,
        "source": source(row),
        "priority": row.priority,
        "created_at": row.created_at,
        "queued_at": row.queued_at,
        "started_at": row.started_at,
        "ended_at": row.ended_at,
        "waiting": row.queue_reason if row.status == "queued" else None,
        "pause_reason": row.pause_reason if row.status == "paused" else None,
        "parent": RunParent(job_id=row.parent_id, node=row.parent_node or "") if row.parent_id else None,
        "fork_of": row.fork_of,
        "trigger_id": row.trigger_id,
        "error": run_error(row),
    }


def source(row: ExecutionRow) -> RunSource:
    return RunSource(kind=row.source_kind, id=row.source_id, name=row.source_name, version=row.source_version)


def step(row: StepRow) -> Step:
    return Step(
        node=row.node,
        kind=row.kind,
        status=row.status,
        attempt=row.attempt,
        began_at=row.began_at,
        ended_at=row.ended_at,
        due_at=row.due_at,
        reused_from=row.reused_from,
        output=shown(row.output),
        error=run_error(row),
    )


def run_error(row: ExecutionRow | StepRow | TimelineStep | TimelineAttempt) -> RunError | None:
    if row.error_code is None:
        return None
    return RunError(code=row.error_code, message=row.error_message or "")


def spent(actor: Actor, row: Spending) -> Spent:
    return Spent(calls=row.calls, tokens=row.tokens, **amounts(actor, row))
