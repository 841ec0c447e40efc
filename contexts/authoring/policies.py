"""Triggers that wait for runs: workflows know of them, and a run's end reaches them."""

from typing import Any
from uuid import UUID

from contexts.authoring.trigger import follows
from schemas.authoring.commands import FireTrigger, FollowWorkflow, UnfollowWorkflow
from schemas.authoring.events import TriggerCreated, TriggerDisabled, TriggerEnabled, TriggerRevised
from schemas.authoring.triggers import Follow
from schemas.envelope import Recorded
from schemas.execution.events import ExecutionFailed, ExecutionSucceeded


def when_trigger_created(event: TriggerCreated, recorded: Recorded) -> list[FollowWorkflow]:
    return follow(event.trigger_id, follows(event.definition), recorded) if event.enabled else []


def when_trigger_revised(
    event: TriggerRevised, recorded: Recorded
) -> list[FollowWorkflow | UnfollowWorkflow]:
    wanted = follows(event.definition) if event.enabled else None
    return [
        *unfollow(event.trigger_id, event.left, recorded),
        *follow(event.trigger_id, wanted, recorded),
    ]


def when_trigger_enabled(event: TriggerEnabled, recorded: Recorded) -> list[FollowWorkflow]:
    return follow(event.trigger_id, event.follows, recorded)


def when_trigger_disabled(event: TriggerDisabled, recorded: Recorded) -> list[UnfollowWorkflow]:
    return unfollow(event.trigger_id, event.follows.workflow_id if event.follows else None, recorded)


def follow(trigger_id: UUID, wanted: Follow | None, recorded: Recorded) -> list[FollowWorkflow]:
    if wanted is None:
        return []
    return [
        FollowWorkflow(
            workflow_id=wanted.workflow_id, trigger_id=trigger_id, on=wanted.on, mark=recorded.version
        )
    ]


def unfollow(trigger_id: UUID, workflow_id: UUID | None, recorded: Recorded) -> list[UnfollowWorkflow]:
    if workflow_id is None:
        return []
    return [UnfollowWorkflow(workflow_id=workflow_id, trigger_id=trigger_id, mark=recorded.version)]


def when_execution_succeeded(event: ExecutionSucceeded, recorded: Recorded) -> list[FireTrigger]:
    return ended(event, recorded, {"status": "succeeded", "output": event.output})


def when_execution_failed(event: ExecutionFailed, recorded: Recorded) -> list[FireTrigger]:
    error = {"code": event.error.code, "message": event.error.message}
    return ended(event, recorded, {"status": "failed", "output": None, "error": error})


def ended(
    event: ExecutionSucceeded | ExecutionFailed, recorded: Recorded, end: dict[str, Any]
) -> list[FireTrigger]:
    """The run of a subworkflow is part of another, and starts nothing by itself."""
    if event.parent is not None:
        return []
    run = str(event.execution_id)
    return [
        FireTrigger(
            trigger_id=trigger_id,
            kind="run",
            occurrence=run,
            payload={"execution_id": run, **end},
            at=recorded.recorded_at,
        )
        for trigger_id in event.followers
    ]
