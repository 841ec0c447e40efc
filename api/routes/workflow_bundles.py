"""A workflow with all it needs, to be carried from tenant to tenant."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from api.bodies import json_body
from api.deps import CurrentActor, CurrentScope, Parts, caught_up, current_actor, may_author, tenant_of
from api.models.versions import Bundle, BundleBody, Imported
from api.routes.tools import require_server
from api.routes.versions import published_version
from api.routes.workflows import existing
from api.submit import AttemptDep
from api.workflow_exports import bundle_of_draft, bundle_of_release
from api.workflow_imports import take_in
from schemas.authoring.bundle import OnConflict

router = APIRouter(tags=["bundles"], dependencies=[Depends(current_actor), may_author()])
Version = Annotated[int | None, Query(ge=1, le=2**31 - 1, description="Absent: the draft.")]
Choice = Annotated[
    OnConflict, Query(description="What becomes of tools, agents and workflows here that differ.")
]
USED = caught_up("workflows", "agents", "tools")


@router.get(
    "/bundles/workflows/{workflow_id}",
    response_model=Bundle,
    dependencies=[USED],
    summary="Export a workflow with all it runs and uses",
)
async def export_workflow(
    parts: Parts, actor: CurrentActor, scope: CurrentScope, workflow_id: UUID, version: Version = None
) -> Any:
    """With its subworkflows, agents and tools. Secrets are named, and never told."""
    row = await existing(parts, scope, workflow_id)
    if version is None:
        return await bundle_of_draft(parts, scope, tenant_of(actor), row)
    release = (await published_version(parts, scope, workflow_id, version)).release
    assert release
    return await bundle_of_release(parts, scope, tenant_of(actor), row, version, release)


@router.post(
    "/bundles",
    status_code=201,
    response_model=Imported,
    dependencies=[USED],
    summary="Import a workflow with all it needs",
)
async def import_workflow(
    parts: Parts,
    scope: CurrentScope,
    attempt: AttemptDep,
    body: Annotated[BundleBody, json_body(BundleBody)],
    on_conflict: Choice = "refuse",
) -> Imported:
    """Ids are new, and the same every time. The secrets must be there.

    What is here with the same content is no conflict. Subworkflows are published, the workflow is a draft:
    publish it when it is right.
    """
    tenant_id = tenant_of(attempt.actor)
    for tool in body.tools.values():
        require_server(parts, tool, tenant_id)
    made = await take_in(parts, scope, attempt, body, on_conflict)
    return Imported(
        id=made.bundle.workflow.id,
        subworkflows=[one.id for one in made.bundle.subworkflows],
        agents=[agent.id for agent in made.bundle.agents],
        tools=sorted(body.tools),
        position=made.position,
    )
