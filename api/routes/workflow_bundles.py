"""A workflow with all it needs, to be carried from tenant to tenant."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from api.bodies import json_body
from api.deps import CurrentActor, CurrentScope, Parts, caught_up, current_actor, may, tenant_of
from api.models.versions import Bundle, BundleBody, Imported
from api.pure import new_ids
from api.routes.tools import require_server
from api.routes.versions import published_version
from api.routes.workflows import existing
from api.submit import AttemptDep
from api.workflow_bundles import bundle_of_draft, bundle_of_release, take_in
from schemas.access import Permission

router = APIRouter(tags=["bundles"], dependencies=[Depends(current_actor), may(Permission.AUTHORING_WRITE)])
Version = Annotated[int | None, Query(ge=1, le=2**31 - 1, description="Absent: the draft.")]


@router.get(
    "/bundles/workflows/{workflow_id}",
    response_model=Bundle,
    dependencies=[caught_up("workflows", "agents", "tools")],
    summary="Export a workflow with its agents and tools",
)
async def export_workflow(
    parts: Parts, actor: CurrentActor, scope: CurrentScope, workflow_id: UUID, version: Version = None
) -> Any:
    """Secrets are named, and never told."""
    row = await existing(parts, scope, workflow_id)
    if version is None:
        return await bundle_of_draft(parts, scope, tenant_of(actor), row)
    release = (await published_version(parts, scope, workflow_id, version)).release
    assert release
    return await bundle_of_release(parts, scope, row, release)


@router.post(
    "/bundles", status_code=201, response_model=Imported, summary="Import a workflow with all it needs"
)
async def import_workflow(
    parts: Parts,
    scope: CurrentScope,
    attempt: AttemptDep,
    body: Annotated[BundleBody, json_body(BundleBody)],
) -> Imported:
    """Ids are new, and the same every time. Tools of the same names are replaced; the secrets must be there.

    The workflow is a draft; publish it when it is right. Import its subworkflows first.
    """
    tenant_id = tenant_of(attempt.actor)
    for tool in body.tools.values():
        require_server(parts, tool, tenant_id)
    position = await take_in(parts, scope, attempt, body)
    *agents, workflow = new_ids(body, tenant_id)
    return Imported(id=workflow, agents=agents, tools=sorted(body.tools), position=position)
