"""What runs ask people."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query

from api.bodies import json_body
from api.deps import CurrentActor, CurrentScope, Parts, caught_up, current_actor, may
from api.errors import not_found
from api.models.common import Done
from api.models.control import AnswerBody, Approval, ApprovalPage
from api.pagination import PageDep, encode
from api.parts import Deps
from api.reads import PLATFORM_SCOPE
from api.routes.control import steer
from api.rows.runs import ApprovalRow, ApprovalStatus
from api.submit import AttemptDep
from schemas.access import Permission
from schemas.envelope import Actor
from schemas.execution.commands import AnswerApproval

router = APIRouter(tags=["execution"], dependencies=[Depends(current_actor)])
READ = may(Permission.EXECUTIONS_READ)
NodePath = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_.\[\]]{0,499}$", description="The step's path.")]


@router.get(
    "/approvals",
    response_model=ApprovalPage,
    dependencies=[READ, caught_up("approvals")],
    summary="List what people are asked, newest first",
)
async def list_approvals(
    parts: Parts,
    actor: CurrentActor,
    scope: CurrentScope,
    page: PageDep,
    status: ApprovalStatus | None = None,
    mine: Annotated[bool, Query(description="Only those you are among the assignees of.")] = False,
) -> ApprovalPage:
    names = await names_of(parts, actor) if mine else None
    found = await parts.reads.approvals(scope, page.key, page.limit, status, names)
    return ApprovalPage(items=[approval(row) for row in found.items], next_cursor=encode(found.next))


@router.get(
    "/approvals/{job_id}/{node}",
    response_model=Approval,
    dependencies=[READ, caught_up("approvals")],
    summary="Look at what people are asked at a step",
)
async def get_approval(parts: Parts, scope: CurrentScope, job_id: UUID, node: NodePath) -> Approval:
    row = await parts.reads.approval(scope, job_id, node)
    if row is None:
        raise not_found("execution.approval_not_found", "approval")
    return approval(row)


@router.post(
    "/executions/{job_id}/approvals/{node}",
    response_model=Done,
    dependencies=[may(Permission.APPROVALS_ANSWER)],
    summary="Answer what a run asks",
)
async def answer_approval(
    parts: Parts,
    actor: CurrentActor,
    scope: CurrentScope,
    attempt: AttemptDep,
    job_id: UUID,
    node: NodePath,
    body: Annotated[AnswerBody, json_body(AnswerBody)],
) -> Any:
    command = AnswerApproval(
        execution_id=job_id,
        node=node,
        approved=body.approved,
        data=body.data,
        email=await email_of(parts, actor),
    )
    return await steer(parts, scope, attempt, job_id, command)


async def names_of(parts: Deps, actor: Actor) -> list[str]:
    """What an assignee may be called to mean this user."""
    return [name for name in (actor.id, await email_of(parts, actor), actor.role) if name]


async def email_of(parts: Deps, actor: Actor) -> str | None:
    user = await parts.reads.user_by_id(PLATFORM_SCOPE, UUID(actor.id))
    return await parts.people.email_of(user.email) if user else None


def approval(row: ApprovalRow) -> Approval:
    return Approval(
        job_id=row.execution_id,
        tenant_id=row.tenant_id,
        node=row.node,
        attempt=row.attempt,
        purpose=row.purpose,
        status=row.status,
        message=row.message,
        form=row.form,
        assignees=list(row.assignees),
        asked_at=row.created_at,
        deadline=row.deadline,
        escalate_at=row.escalate_at,
        escalate_to=list(row.escalate_to),
        escalated_at=row.escalated_at,
        closed_at=row.closed_at,
        approved=row.approved,
        data=row.data,
        answered_by=row.answered_by,
    )
