"""Which triggers wait for the ends of a workflow's runs."""

from contexts.authoring.errors import TooManyFollowers
from contexts.authoring.workflow import Workflow, found
from contexts.kernel import Context
from schemas.authoring.commands import FollowWorkflow, UnfollowWorkflow
from schemas.authoring.events import WorkflowFollowed, WorkflowUnfollowed

MAX_FOLLOWERS = 100
"""Former ones count as well: they are remembered, or a late order would bring them back."""


def follow(state: Workflow | None, command: FollowWorkflow, ctx: Context) -> list[WorkflowFollowed]:
    workflow = found(state, command.workflow_id)
    if outdated(workflow, command):
        return []
    if command.trigger_id not in workflow.follow_marks and len(workflow.follow_marks) >= MAX_FOLLOWERS:
        raise TooManyFollowers(f"{MAX_FOLLOWERS} triggers wait for the runs of this workflow already")
    return [WorkflowFollowed(**dict(command))]


def unfollow(state: Workflow | None, command: UnfollowWorkflow, ctx: Context) -> list[WorkflowUnfollowed]:
    workflow = found(state, command.workflow_id)
    return [] if outdated(workflow, command) else [WorkflowUnfollowed(**dict(command))]


def outdated(workflow: Workflow, command: FollowWorkflow | UnfollowWorkflow) -> bool:
    return command.mark <= workflow.follow_marks.get(command.trigger_id, 0)
