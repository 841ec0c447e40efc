"""A run step by step, and two runs side by side."""

from uuid import UUID

from fastapi import APIRouter, Depends

from api.deps import CurrentActor, CurrentScope, Parts, caught_up, current_actor, may
from api.models.timeline import PinnedSource, RunDiff, StepDiff, Timeline, TimelineAttempt, TimelineStep
from api.pagination import LongPageDep, encode
from api.payloads import shown
from api.routes.run_shapes import run_error, source, spent, visible_run
from api.rows.runs import StepPair
from api.rows.runs import TimelineAttempt as AttemptRow
from api.rows.runs import TimelineStep as StepRow
from schemas.access import Permission
from schemas.envelope import Actor

router = APIRouter(
    prefix="/executions/{job_id}",
    tags=["execution"],
    dependencies=[
        Depends(current_actor),
        may(Permission.EXECUTIONS_READ),
        caught_up("executions", "ledger_entries"),
    ],
)


@router.get(
    "/timeline",
    response_model=Timeline,
    response_model_exclude_unset=True,
    summary="Every step of a run with all its attempts and what they were given, in the order they began",
)
async def get_timeline(
    parts: Parts, actor: CurrentActor, scope: CurrentScope, page: LongPageDep, job_id: UUID
) -> Timeline:
    row = await visible_run(parts, scope, job_id)
    found = await parts.reads.timeline(scope, job_id, page.key, page.limit)
    return Timeline(
        job_id=job_id,
        status=row.status,
        source=PinnedSource(**source(row).model_dump(), hash=row.source_hash),
        pure_steps=await parts.reads.pure_steps(scope, job_id),
        spent=spent(actor, await parts.reads.spending(scope, job_id)),
        items=[step(actor, item) for item in found.items],
        next_cursor=encode(found.next),
    )


@router.get(
    "/diff/{other_id}",
    response_model=RunDiff,
    response_model_exclude_unset=True,
    summary="What two runs gave and cost, step by step",
)
async def get_diff(
    parts: Parts, actor: CurrentActor, scope: CurrentScope, page: LongPageDep, job_id: UUID, other_id: UUID
) -> RunDiff:
    """Of a run and a fork of it: what came out differently, what was done anew, what it cost."""
    for wanted in (job_id, other_id):
        await visible_run(parts, scope, wanted)
    mine = await parts.reads.spending(scope, job_id)
    theirs = await parts.reads.spending(scope, other_id)
    found = await parts.reads.step_pairs(scope, job_id, other_id, page.key, page.limit)
    return RunDiff(
        job_id=job_id,
        other_job_id=other_id,
        spent=spent(actor, mine),
        other_spent=spent(actor, theirs),
        difference=spent(actor, theirs - mine),
        items=[pair(item) for item in found.items],
        next_cursor=encode(found.next),
    )


def step(actor: Actor, row: StepRow) -> TimelineStep:
    return TimelineStep(
        node=row.node,
        kind=row.kind or ("pure" if was_computed(row) else None),
        status=row.status,
        attempt=row.attempt,
        began_at=row.began_at,
        ended_at=row.ended_at,
        due_at=row.due_at,
        reused_from=row.reused_from,
        error=run_error(row),
        output=shown(row.output),
        attempts=[attempt(actor, found) for found in row.attempts],
    )


def was_computed(row: StepRow) -> bool:
    return row.status == "succeeded" and row.reused_from is None


def attempt(actor: Actor, row: AttemptRow) -> TimelineAttempt:
    return TimelineAttempt(
        attempt=row.attempt,
        status=row.status,
        model=row.model,
        began_at=row.began_at,
        ended_at=row.ended_at,
        due_at=row.due_at,
        usage=row.usage,
        latency_ms=row.latency_ms,
        finish_reason=row.finish_reason,
        error=run_error(row),
        inputs=shown(row.inputs),
        spent=spent(actor, row.spent) if row.spent else None,
    )


def pair(row: StepPair) -> StepDiff:
    work = None
    if row.other_status is not None:
        work = "reused" if row.other_reused_from else "redone"
    return StepDiff(
        node=row.node,
        outputs=row.outputs,
        status=row.status,
        other_status=row.other_status,
        work=work,
    )
