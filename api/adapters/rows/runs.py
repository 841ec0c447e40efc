"""What the projections tell of runs, as the rows the edge works with."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from api.adapters.step_inputs import inputs_of
from api.rows.runs import (
    ApprovalRow,
    ExecutionRow,
    Spending,
    StepPair,
    StepRow,
    TimelineAttempt,
    TimelineStep,
)
from projections.approvals.queries import Approval
from projections.executions import rows
from projections.ledger_entries.rows import Charge, Sums
from schemas.base import PartnerId, TenantId
from schemas.envelope import Recorded
from schemas.execution.chat import Usage
from schemas.execution.types import QueueReason


def run(row: rows.ExecutionSummary) -> ExecutionRow:
    return ExecutionRow(**common(row), inputs={}, output=None, error_message=None)


def run_with_steps(row: rows.Execution, steps: Iterable[rows.Step]) -> ExecutionRow:
    return ExecutionRow(
        **common(row),
        source_hash=row.source_hash,
        max_cost=row.max_cost,
        inputs=row.inputs,
        output=row.output,
        error_message=row.error_message,
        steps=[step(found) for found in steps],
    )


def common(row: rows.ExecutionSummary) -> dict[str, Any]:
    return {
        "id": row.id,
        "tenant_id": TenantId(row.tenant_id),
        "partner_id": PartnerId(row.partner_id) if row.partner_id else None,
        "status": row.status,
        "source_kind": row.source_kind,
        "source_id": row.source_id,
        "source_name": row.source_name,
        "source_version": row.source_version,
        "error_code": row.error_code,
        "created_at": row.created_at,
        "queued_at": row.queued_at,
        "started_at": row.started_at,
        "ended_at": row.finished_at,
        "priority": row.priority,
        "queue_reason": QueueReason.model_validate(row.queue_reason) if row.queue_reason else None,
        "pause_reason": row.pause_reason,
        "parent_id": row.parent_execution_id,
        "parent_node": row.parent_node,
        "root_id": row.root_id,
        "fork_of": row.fork_of,
        "trigger_id": row.trigger_id,
    }


def step(row: rows.Step) -> StepRow:
    return StepRow(
        node=row.node,
        status=row.status,
        attempt=row.attempt,
        output=row.output,
        kind=row.kind,
        began_at=row.created_at,
        ended_at=row.finished_at,
        due_at=row.due_at,
        reused_from=row.reused_from,
        **error(row.error),
    )


def error(found: dict[str, Any] | None) -> dict[str, Any]:
    known = found or {}
    return {"error_code": known.get("code"), "error_message": known.get("message")}


def timeline(
    steps: Iterable[rows.Step],
    attempts: Iterable[rows.Attempt],
    charges: Iterable[Charge],
    asked: Mapping[int, Recorded],
) -> dict[str, TimelineStep]:
    """By step path, with all attempts and what they came to. `asked`: the events they began with."""
    spent = {(charge.node, charge.attempt): spending_of(charge) for charge in charges}
    by_node: dict[str, list[TimelineAttempt]] = {}
    for row in attempts:
        began = asked.get(row.version)
        inputs = inputs_of(began.event if began else None)
        made = attempt(row, inputs, spent.get((row.node, row.attempt)))
        by_node.setdefault(row.node, []).append(made)
    return {row.node: timeline_step(row, by_node.get(row.node, ())) for row in steps}


def timeline_step(row: rows.Step, attempts: Sequence[TimelineAttempt]) -> TimelineStep:
    return TimelineStep(
        node=row.node,
        kind=row.kind,
        status=row.status,
        attempt=row.attempt,
        began_at=row.created_at,
        ended_at=row.finished_at,
        due_at=row.due_at,
        reused_from=row.reused_from,
        output=row.output,
        attempts=attempts,
        **error(row.error),
    )


def attempt(row: rows.Attempt, inputs: Any, spent: Spending | None) -> TimelineAttempt:
    return TimelineAttempt(
        attempt=row.attempt,
        status=row.status,
        model=row.model,
        began_at=row.began_at,
        ended_at=row.ended_at,
        due_at=row.due_at,
        usage=Usage.model_validate(row.usage) if row.usage else None,
        latency_ms=row.latency_ms,
        finish_reason=row.finish_reason,
        inputs=inputs,
        spent=spent,
        **error(row.error),
    )


def spending_of(row: Charge) -> Spending:
    return Spending(1, row.tokens, row.price_usd, row.commission_usd, row.cost_usd)


def spending(row: Sums) -> Spending:
    return Spending(row.entries, row.tokens, row.price_usd, row.commission_usd, row.cost_usd)


def pair(row: rows.StepPair) -> StepPair:
    return StepPair(
        row.node,
        row.outputs,  # type: ignore[arg-type]
        row.status,
        row.other_status,
        row.reused_from,
        row.other_reused_from,
    )


def approval(row: Approval) -> ApprovalRow:
    return ApprovalRow(
        id=row.id,
        tenant_id=TenantId(row.tenant_id),
        partner_id=PartnerId(row.partner_id) if row.partner_id else None,
        execution_id=row.execution_id,
        node=row.node,
        attempt=row.attempt,
        purpose=row.purpose,  # type: ignore[arg-type]
        status=row.status,  # type: ignore[arg-type]
        message=row.message,
        form=row.form,
        assignees=row.assignees,
        deadline=row.deadline,
        escalate_at=row.escalate_at,
        escalate_to=row.escalate_to,
        escalated_at=row.escalated_at,
        approved=row.approved,
        data=row.data,
        answered_by=row.answered_by,
        created_at=row.created_at,
        closed_at=row.closed_at,
    )


def key_of_step(row: rows.Step) -> tuple[datetime, str]:
    return row.created_at, row.node
