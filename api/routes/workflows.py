from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.responses import JSONResponse, Response

from api.bodies import json_body
from api.deps import CurrentScope, Parts, caught_up, current_actor, may_author, tenant_of
from api.errors import ApiProblem, not_found
from api.models.authoring import (
    CreateWorkflowBody,
    PublishedVersion,
    ReviseWorkflowBody,
    Workflow,
    WorkflowPage,
    WorkflowSummary,
)
from api.models.common import Done
from api.models.versions import ValidateBody, Validity
from api.pagination import PageDep, encode
from api.parts import Deps
from api.rows.authoring import WorkflowRow
from api.submit import AttemptDep, done
from infra.db.scope import Scope
from schemas.authoring.commands import CreateWorkflow, ReviseWorkflow
from schemas.authoring.definition_schema import definition_schema

router = APIRouter(tags=["workflows"], dependencies=[Depends(current_actor), may_author()])
INVALID = "authoring.invalid_definition"
SCHEMA = {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"}


@router.post("/workflows", status_code=201, response_model=Done, summary="Create a workflow")
async def create_workflow(
    attempt: AttemptDep, body: Annotated[CreateWorkflowBody, json_body(CreateWorkflowBody)]
) -> Any:
    workflow_id = attempt.new_id("workflow")
    command = CreateWorkflow(workflow_id=workflow_id, name=body.name, definition=body.definition)
    return await done(attempt, command, workflow_id)


@router.post("/workflows/validate", response_model=Validity, summary="Find all problems of a definition")
async def validate_workflow(
    attempt: AttemptDep, body: Annotated[ValidateBody, json_body(ValidateBody)]
) -> Any:
    """The same that saving would find, and nothing is saved."""
    command = CreateWorkflow(
        workflow_id=attempt.new_id("workflow"), name="draft", definition=body.definition, dry_run=True
    )
    try:
        answer = await attempt.send(command, tenant_of(attempt.actor), attempt.actor.partner_id)
    except ApiProblem as refusal:
        if refusal.code != INVALID:
            raise
        return Validity(valid=False, problems=list(refusal.problems))
    return Validity(valid=True, problems=[]) if answer else attempt.pending()


@router.put("/workflows/{workflow_id}", response_model=Done, summary="Replace a workflow's draft")
async def revise_workflow(
    attempt: AttemptDep,
    workflow_id: UUID,
    body: Annotated[ReviseWorkflowBody, json_body(ReviseWorkflowBody)],
) -> Any:
    command = ReviseWorkflow(workflow_id=workflow_id, definition=body.definition)
    return await done(attempt, command, workflow_id)


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
    "/workflows/schema",
    response_model=None,
    summary="The JSON schema of definitions",
    response_class=Response,
    responses={200: {"content": {"application/schema+json": {"example": SCHEMA}}}},
)
async def get_schema() -> JSONResponse:
    return JSONResponse(definition_schema(), media_type="application/schema+json")


@router.get(
    "/workflows/{workflow_id}",
    response_model=Workflow,
    dependencies=[caught_up("workflows")],
    summary="Look at a workflow",
)
async def get_workflow(parts: Parts, scope: CurrentScope, workflow_id: UUID) -> Workflow:
    row = await existing(parts, scope, workflow_id)
    return Workflow(**summary(row), definition=row.definition)


async def existing(parts: Deps, scope: Scope, workflow_id: UUID) -> WorkflowRow:
    row = await parts.reads.workflow(scope, workflow_id)
    if row is None:
        raise not_found("authoring.workflow_not_found", "workflow")
    return row


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
