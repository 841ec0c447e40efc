from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from api.bodies import json_body
from api.deps import CurrentScope, Parts, caught_up, current_actor, may, tenant_of
from api.errors import ApiProblem, not_found
from api.models.authoring import (
    Agent,
    AgentPage,
    CreateAgentBody,
    CreateWorkflowBody,
    Published,
    PublishedVersion,
    ReviseWorkflowBody,
    Workflow,
    WorkflowPage,
    WorkflowSummary,
)
from api.models.common import Done
from api.pagination import PageDep, encode
from api.parts import Deps
from api.reads import AgentRow, WorkflowRow
from api.submit import Attempt, AttemptDep
from infra.db.scope import Scope
from schemas.access import Permission
from schemas.authoring.commands import CreateAgent, CreateWorkflow, PublishWorkflow, ReviseWorkflow
from schemas.authoring.events import WorkflowPublished
from schemas.base import Command
from schemas.envelope import Answer

router = APIRouter(tags=["authoring"], dependencies=[Depends(current_actor), may(Permission.AUTHORING_WRITE)])


@router.post("/agents", status_code=201, response_model=Done, summary="Create an agent")
async def create_agent(
    attempt: AttemptDep, body: Annotated[CreateAgentBody, json_body(CreateAgentBody)]
) -> Any:
    agent_id = attempt.new_id("agent")
    command = CreateAgent(agent_id=agent_id, name=body.name, definition=body.definition)
    return await send(attempt, command, agent_id)


@router.get(
    "/agents", response_model=AgentPage, dependencies=[caught_up("agents")], summary="List the agents"
)
async def list_agents(parts: Parts, scope: CurrentScope, page: PageDep) -> AgentPage:
    found = await parts.reads.agents(scope, page.key, page.limit)
    return AgentPage(items=[agent(row) for row in found.items], next_cursor=encode(found.next))


@router.get(
    "/agents/{agent_id}",
    response_model=Agent,
    dependencies=[caught_up("agents")],
    summary="Look at an agent",
)
async def get_agent(parts: Parts, scope: CurrentScope, agent_id: UUID) -> Agent:
    row = await parts.reads.agent(scope, agent_id)
    if row is None:
        raise not_found("authoring.agent_not_found", "agent")
    return agent(row)


@router.post("/workflows", status_code=201, response_model=Done, summary="Create a workflow")
async def create_workflow(
    attempt: AttemptDep, body: Annotated[CreateWorkflowBody, json_body(CreateWorkflowBody)]
) -> Any:
    workflow_id = attempt.new_id("workflow")
    command = CreateWorkflow(workflow_id=workflow_id, name=body.name, definition=body.definition)
    return await send(attempt, command, workflow_id)


@router.put("/workflows/{workflow_id}", response_model=Done, summary="Replace a workflow's draft")
async def revise_workflow(
    attempt: AttemptDep,
    workflow_id: UUID,
    body: Annotated[ReviseWorkflowBody, json_body(ReviseWorkflowBody)],
) -> Any:
    command = ReviseWorkflow(workflow_id=workflow_id, definition=body.definition)
    return await send(attempt, command, workflow_id)


@router.get(
    "/workflows",
    response_model=WorkflowPage,
    dependencies=[caught_up("workflows")],
    summary="List the workflows",
)
async def list_workflows(parts: Parts, scope: CurrentScope, page: PageDep) -> WorkflowPage:
    found = await parts.reads.workflows(scope, page.key, page.limit)
    items = [WorkflowSummary(**summary(row)) for row in found.items]
    return WorkflowPage(items=items, next_cursor=encode(found.next))


@router.get(
    "/workflows/{workflow_id}",
    response_model=Workflow,
    dependencies=[caught_up("workflows")],
    summary="Look at a workflow",
)
async def get_workflow(parts: Parts, scope: CurrentScope, workflow_id: UUID) -> Workflow:
    row = await parts.reads.workflow(scope, workflow_id)
    if row is None:
        raise not_found("authoring.workflow_not_found", "workflow")
    return Workflow(**summary(row), definition=row.definition)


@router.post(
    "/workflows/{workflow_id}/publish",
    response_model=Published,
    summary="Make the draft the version runs use",
)
async def publish_workflow(parts: Parts, scope: CurrentScope, attempt: AttemptDep, workflow_id: UUID) -> Any:
    command = PublishWorkflow(workflow_id=workflow_id)
    answer = await attempt.send(command, tenant_of(attempt.actor), attempt.actor.partner_id)
    if answer is None:
        return attempt.pending(id=workflow_id)
    number, content_hash = await published(parts, scope, workflow_id, answer)
    return Published(version=number, hash=content_hash, position=answer.position)


async def send(attempt: Attempt, command: Command, made: UUID) -> Any:
    actor = attempt.actor
    answer = await attempt.send(command, tenant_of(actor), actor.partner_id)
    if answer is None:
        return attempt.pending(id=made)
    return Done(id=made, position=answer.position)


async def published(parts: Deps, scope: Scope, workflow_id: UUID, answer: Answer) -> tuple[int, str]:
    """From the event the command made; when it made none (nothing new to publish), from the read side."""
    before = answer.position - 1
    for recorded in await parts.reads.events_of_stream(scope, answer.stream, before, 1):
        if isinstance(recorded.event, WorkflowPublished) and recorded.position == answer.position:
            return recorded.event.number, recorded.event.hash
    await parts.reads.wait_until(("workflows",), answer.position, parts.limits.read_wait_seconds)
    row = await parts.reads.workflow(scope, workflow_id)
    if row is None or row.version is None or row.hash is None:
        raise ApiProblem(
            503,
            "read.not_caught_up",
            "Published; the version is not known yet.",
            headers={"Retry-After": "1"},
        )
    return row.version, row.hash


def agent(row: AgentRow) -> Agent:
    return Agent(
        id=row.id, name=row.name, definition=row.definition, hash=row.hash, created_at=row.created_at
    )


def summary(row: WorkflowRow) -> dict[str, Any]:
    latest = None
    if row.version is not None and row.hash is not None:
        latest = PublishedVersion(version=row.version, hash=row.hash)
    return {
        "id": row.id,
        "name": row.name,
        "published": latest,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }
