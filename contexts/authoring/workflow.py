"""A draft that is revised, and the versions of it that were published, which never change."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from contexts.authoring import dag
from contexts.authoring.errors import InvalidDefinition, WorkflowExists, WorkflowNotFound
from contexts.authoring.facts import AuthoringFacts
from contexts.hashes import content_hash
from contexts.kernel import Aggregate, Context
from schemas.authoring.commands import CreateWorkflow, PublishWorkflow, ReviseWorkflow
from schemas.authoring.definition import Release, WorkflowDefinition
from schemas.authoring.events import (
    WorkflowCreated,
    WorkflowFollowed,
    WorkflowPublished,
    WorkflowRevised,
    WorkflowUnfollowed,
)
from schemas.authoring.triggers import RunEnd

WorkflowEvent = WorkflowCreated | WorkflowRevised | WorkflowPublished | WorkflowFollowed | WorkflowUnfollowed


@dataclass(frozen=True)
class Published:
    number: int
    hash: str
    release: Release


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


def create(state: Workflow | None, command: CreateWorkflow, ctx: Context) -> list[WorkflowCreated]:
    require_valid(command.definition, ctx)
    if state is None:
        return [WorkflowCreated(**dict(command))]
    if (state.name, state.draft) == (command.name, command.definition):
        return []
    raise WorkflowExists(f"workflow {command.workflow_id} exists with another name or draft")


def revise(state: Workflow | None, command: ReviseWorkflow, ctx: Context) -> list[WorkflowRevised]:
    workflow = found(state, command.workflow_id)
    require_valid(command.definition, ctx)
    return [] if workflow.draft == command.definition else [WorkflowRevised(**dict(command))]


def publish(state: Workflow | None, command: PublishWorkflow, ctx: Context) -> list[WorkflowPublished]:
    workflow = found(state, command.workflow_id)
    release = Release(definition=workflow.draft)
    hash_of_draft = content_hash(release)
    if workflow.published and workflow.published[-1].hash == hash_of_draft:
        return []
    return [
        WorkflowPublished(
            workflow_id=command.workflow_id,
            number=len(workflow.published) + 1,
            hash=hash_of_draft,
            release=release,
        )
    ]


def found(state: Workflow | None, workflow_id: UUID) -> Workflow:
    if state is None:
        raise WorkflowNotFound(f"there is no workflow {workflow_id}")
    return state


def require_valid(definition: WorkflowDefinition, ctx: Context) -> None:
    facts: AuthoringFacts = ctx.facts
    if problems := dag.problems(definition, facts):
        raise InvalidDefinition(f"the workflow has {len(problems)} problem(s)", problems)


def evolve(state: Workflow | None, event: WorkflowEvent) -> Workflow | None:
    if isinstance(event, WorkflowCreated):
        return Workflow(event.workflow_id, event.name, event.definition)
    if state is None:
        return None
    if isinstance(event, WorkflowRevised):
        return replace(state, draft=event.definition)
    if isinstance(event, WorkflowFollowed | WorkflowUnfollowed):
        return with_followers(state, event)
    version = Published(event.number, event.hash, event.release)
    return replace(state, published=(*state.published, version))


def with_followers(state: Workflow, event: WorkflowFollowed | WorkflowUnfollowed) -> Workflow:
    others = {id_: on for id_, on in state.followers.items() if id_ != event.trigger_id}
    now = {event.trigger_id: event.on} if isinstance(event, WorkflowFollowed) else {}
    marks = {**state.follow_marks, event.trigger_id: event.mark}
    return replace(state, followers={**others, **now}, follow_marks=marks)


WORKFLOW = Aggregate("workflow", Workflow, evolve)
