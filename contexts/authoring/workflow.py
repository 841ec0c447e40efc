"""A draft that is revised, and the versions of it that were published, which never change."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from contexts.authoring import dag
from contexts.authoring.errors import InvalidDefinition, VersionNotFound, WorkflowExists, WorkflowNotFound
from contexts.authoring.facts import AuthoringFacts
from contexts.authoring.pins import release_of
from contexts.hashes import content_hash
from contexts.kernel import Aggregate, Context
from schemas.authoring import commands as c
from schemas.authoring.definition import Release, WorkflowDefinition
from schemas.authoring.events import (
    WorkflowCreated,
    WorkflowDeprecated,
    WorkflowFollowed,
    WorkflowPublished,
    WorkflowRevised,
    WorkflowUnfollowed,
)
from schemas.authoring.triggers import RunEnd

WorkflowEvent = (
    WorkflowCreated
    | WorkflowRevised
    | WorkflowPublished
    | WorkflowDeprecated
    | WorkflowFollowed
    | WorkflowUnfollowed
)


@dataclass(frozen=True)
class Published:
    number: int
    hash: str
    release: Release
    deprecated: bool = False


@dataclass(frozen=True)
class Workflow:
    """`published[n - 1]` is version n. `followers` are the triggers that wait for its runs to end;
    `follow_marks`, by trigger too, how new the word on that is.
    """

    workflow_id: UUID
    name: str
    draft: WorkflowDefinition
    published: tuple[Published, ...] = ()
    followers: Mapping[UUID, RunEnd] = field(default_factory=dict)
    follow_marks: Mapping[UUID, int] = field(default_factory=dict)


def create(state: Workflow | None, command: c.CreateWorkflow, ctx: Context) -> list[WorkflowCreated]:
    require_valid(command.definition, ctx)
    if command.dry_run:
        return []
    if state is None:
        return [WorkflowCreated(**command.model_dump(exclude={"dry_run"}))]
    if (state.name, state.draft) == (command.name, command.definition):
        return []
    raise WorkflowExists(f"workflow {command.workflow_id} exists with another name or draft")


def revise(state: Workflow | None, command: c.ReviseWorkflow, ctx: Context) -> list[WorkflowRevised]:
    workflow = found(state, command.workflow_id)
    require_valid(command.definition, ctx)
    return [] if workflow.draft == command.definition else [WorkflowRevised(**dict(command))]


def publish(state: Workflow | None, command: c.PublishWorkflow, ctx: Context) -> list[WorkflowPublished]:
    """What the draft names may be gone since it was saved, so it is looked at again."""
    workflow = found(state, command.workflow_id)
    require_valid(workflow.draft, ctx)
    release = release_of(workflow.draft, ctx.facts)
    return [] if is_newest(workflow, content_hash(release)) else [next_version(workflow, release)]


def roll_back(state: Workflow | None, command: c.RollbackWorkflow, ctx: Context) -> list[WorkflowPublished]:
    workflow = found(state, command.workflow_id)
    wanted = version_of(workflow, command.number)
    if is_newest(workflow, wanted.hash) and workflow.draft == wanted.release.definition:
        return []
    return [next_version(workflow, wanted.release, rolled_back_to=command.number)]


def deprecate(state: Workflow | None, command: c.DeprecateWorkflow, ctx: Context) -> list[WorkflowDeprecated]:
    version = version_of(found(state, command.workflow_id), command.number)
    return [] if version.deprecated else [WorkflowDeprecated(**dict(command))]


def is_newest(workflow: Workflow, hash_: str) -> bool:
    newest = workflow.published[-1] if workflow.published else None
    return newest is not None and newest.hash == hash_ and not newest.deprecated


def next_version(
    workflow: Workflow, release: Release, rolled_back_to: int | None = None
) -> WorkflowPublished:
    return WorkflowPublished(
        workflow_id=workflow.workflow_id,
        number=len(workflow.published) + 1,
        hash=content_hash(release),
        release=release,
        rolled_back_to=rolled_back_to,
    )


def found(state: Workflow | None, workflow_id: UUID) -> Workflow:
    if state is None:
        raise WorkflowNotFound(f"there is no workflow {workflow_id}")
    return state


def version_of(workflow: Workflow, number: int) -> Published:
    if number > len(workflow.published):
        raise VersionNotFound(f"there is no version {number}: {len(workflow.published)} were published")
    return workflow.published[number - 1]


def require_valid(definition: WorkflowDefinition, ctx: Context) -> None:
    facts: AuthoringFacts = ctx.facts
    if problems := dag.problems(definition, facts):
        raise InvalidDefinition(f"the workflow has {len(problems)} problem(s)", problems)


def evolve(state: Workflow | None, event: WorkflowEvent) -> Workflow | None:
    if isinstance(event, WorkflowCreated):
        return Workflow(event.workflow_id, event.name, event.definition)
    if state is None:
        return None
    match event:
        case WorkflowRevised():
            return replace(state, draft=event.definition)
        case WorkflowPublished():
            return with_version(state, event)
        case WorkflowDeprecated():
            return with_deprecated(state, event.number)
        case WorkflowFollowed() | WorkflowUnfollowed():
            return with_followers(state, event)


def with_version(state: Workflow, event: WorkflowPublished) -> Workflow:
    draft = event.release.definition if event.rolled_back_to else state.draft
    version = Published(event.number, event.hash, event.release)
    return replace(state, draft=draft, published=(*state.published, version))


def with_deprecated(state: Workflow, number: int) -> Workflow:
    versions = tuple(replace(v, deprecated=True) if v.number == number else v for v in state.published)
    return replace(state, published=versions)


def with_followers(state: Workflow, event: WorkflowFollowed | WorkflowUnfollowed) -> Workflow:
    others = {id_: on for id_, on in state.followers.items() if id_ != event.trigger_id}
    now = {event.trigger_id: event.on} if isinstance(event, WorkflowFollowed) else {}
    marks = {**state.follow_marks, event.trigger_id: event.mark}
    return replace(state, followers={**others, **now}, follow_marks=marks)


WORKFLOW = Aggregate("workflow", Workflow, evolve)
