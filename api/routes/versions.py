"""What was published of a workflow, and what may be done about it."""

from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query

from api.bodies import json_body
from api.deps import CurrentScope, Parts, caught_up, current_actor, may_author, tenant_of
from api.errors import ApiProblem, not_found
from api.models.authoring import Published
from api.models.common import Done
from api.models.versions import Change, Diff, OneVersionBody, Version, VersionPage, VersionSummary
from api.pagination import PageDep, encode
from api.parts import Deps
from api.pure import diff, release_diff
from api.routes.workflows import existing
from api.rows.authoring import VersionRow, WorkflowRow
from api.submit import Attempt, AttemptDep, done
from infra.db.scope import Scope
from schemas.authoring.commands import DeprecateWorkflow, PublishWorkflow, RollbackWorkflow
from schemas.authoring.definition import Release
from schemas.authoring.events import WorkflowPublished
from schemas.envelope import Answer

router = APIRouter(tags=["workflows"], dependencies=[Depends(current_actor), may_author()])
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
DRAFT = 0
ZeroIsTheDraft = Annotated[int, Query(ge=DRAFT, le=2**31 - 1, description="A version; 0 is the draft.")]
From = Annotated[
    int | None,
    Query(alias="from", ge=DRAFT, le=2**31 - 1, description="Absent: what was published last."),
]


@router.post(
    "/workflows/{workflow_id}/publish",
    response_model=Published,
    summary="Make the draft the version runs use",
)
async def publish_workflow(parts: Parts, scope: CurrentScope, attempt: AttemptDep, workflow_id: UUID) -> Any:
    return await publishing(parts, scope, attempt, PublishWorkflow(workflow_id=workflow_id))


@router.post(
    "/workflows/{workflow_id}/rollback",
    response_model=Published,
    summary="Publish an earlier version again",
)
async def roll_back_workflow(
    parts: Parts,
    scope: CurrentScope,
    attempt: AttemptDep,
    workflow_id: UUID,
    body: Annotated[OneVersionBody, json_body(OneVersionBody)],
) -> Any:
    """It becomes the newest version, and the draft, exactly as it was."""
    command = RollbackWorkflow(workflow_id=workflow_id, number=body.version)
    return await publishing(parts, scope, attempt, command)


@router.post(
    "/workflows/{workflow_id}/deprecate",
    response_model=Done,
    summary="Let nobody start a version any more",
)
async def deprecate_workflow(
    attempt: AttemptDep, workflow_id: UUID, body: Annotated[OneVersionBody, json_body(OneVersionBody)]
) -> Any:
    """Runs that use it go on, and so do workflows that are pinned to it."""
    command = DeprecateWorkflow(workflow_id=workflow_id, number=body.version)
    return await done(attempt, command, workflow_id)


@router.get(
    "/workflows/{workflow_id}/versions",
    response_model=VersionPage,
    dependencies=[caught_up("workflows")],
    summary="List a workflow's published versions, newest first",
)
async def list_versions(parts: Parts, scope: CurrentScope, workflow_id: UUID, page: PageDep) -> VersionPage:
    await existing(parts, scope, workflow_id)
    found = await parts.reads.workflow_versions(scope, workflow_id, page.key, page.limit)
    items = [VersionSummary(**summary(row)) for row in found.items]
    return VersionPage(items=items, next_cursor=encode(found.next))


@router.get(
    "/workflows/{workflow_id}/versions/{version_number}",
    response_model=Version,
    dependencies=[caught_up("workflows")],
    summary="Look at a published version",
)
async def get_version(
    parts: Parts, scope: CurrentScope, workflow_id: UUID, version_number: Number
) -> Version:
    row = await published_version(parts, scope, workflow_id, version_number)
    return Version(**summary(row), release=row.release)


@router.get(
    "/workflows/{workflow_id}/diff",
    response_model=Diff,
    dependencies=[caught_up("workflows")],
    summary="Compare two versions, or the draft with one",
)
async def compare_versions(
    parts: Parts, scope: CurrentScope, workflow_id: UUID, old: From = None, to: ZeroIsTheDraft = DRAFT
) -> Diff:
    """Of two versions also what they are pinned to is compared: tools, agents and workflows."""
    row = await existing(parts, scope, workflow_id)
    before = await release_at(parts, scope, row, old if old is not None else row.version or DRAFT)
    after = await release_at(parts, scope, row, to)
    if before and after:
        found = release_diff(before, after)
    else:
        found = diff(*(release.definition if release else row.definition for release in (before, after)))
    return Diff(changes=[Change(**asdict(change)) for change in found])


async def release_at(parts: Deps, scope: Scope, row: WorkflowRow, number: int) -> Release | None:
    """None: the draft, which is pinned to nothing yet."""
    return None if number == DRAFT else (await published_version(parts, scope, row.id, number)).release


async def published_version(parts: Deps, scope: Scope, workflow_id: UUID, number: int) -> VersionRow:
    row = await parts.reads.workflow_version(scope, workflow_id, number)
    if row is None:
        raise not_found("authoring.version_not_found", "version")
    return row


def summary(row: VersionRow) -> dict[str, Any]:
    return {
        "version": row.number,
        "hash": row.hash,
        "deprecated": row.deprecated,
        "rolled_back_to": row.rolled_back_to,
        "published_at": row.published_at,
    }


async def publishing(
    parts: Deps, scope: Scope, attempt: Attempt, command: PublishWorkflow | RollbackWorkflow
) -> Any:
    answer = await attempt.send(command, tenant_of(attempt.actor), attempt.actor.partner_id)
    if answer is None:
        return attempt.pending(id=command.workflow_id)
    number, content_hash = await published(parts, scope, command.workflow_id, answer)
    return Published(version=number, hash=content_hash, position=answer.position)


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
