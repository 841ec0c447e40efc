"""What the execution context does about what happened, here and elsewhere."""

from schemas.billing.events import CallRefused
from schemas.envelope import Recorded
from schemas.execution.commands import CancelExecution, CompleteStep, FailStep, StartExecution
from schemas.execution.events import (
    ExecutionCancelled,
    ExecutionFailed,
    ExecutionSucceeded,
    ItemFailed,
    StepFailed,
    StepRetryPlanned,
    SubworkflowRequested,
)
from schemas.execution.types import ParentRef, StepError

SUBWORKFLOW_FAILED = "execution.subworkflow_failed"
PARENT_ENDED = "The run that needed it has ended."


def when_call_refused(event: CallRefused, recorded: Recorded) -> list[FailStep]:
    """A refusal stands until money or rates change, so it is not tried again by itself."""
    return [
        FailStep(
            execution_id=event.call.execution_id,
            node=event.call.node,
            attempt=event.call.attempt,
            error=StepError(code=event.code, message=event.detail),
        )
    ]


def when_subworkflow_requested(event: SubworkflowRequested, recorded: Recorded) -> list[StartExecution]:
    return [
        StartExecution(
            execution_id=event.child_id,
            source_kind=event.source.kind,
            source_id=event.source.id,
            version=event.source.version,
            inputs=event.inputs,
            priority=event.priority,
            max_cost=event.max_cost,
            parent=event.parent,
        )
    ]


def when_child_succeeded(event: ExecutionSucceeded, recorded: Recorded) -> list[CompleteStep]:
    if not (parent := event.parent):
        return []
    return [
        CompleteStep(
            execution_id=parent.execution_id,
            node=parent.node,
            attempt=parent.attempt,
            output=event.output,
            spent=event.spent,
        )
    ]


def when_child_failed(event: ExecutionFailed, recorded: Recorded) -> list[FailStep]:
    if not (parent := event.parent):
        return []
    message = f"the subworkflow failed: {event.error.code}: {event.error.message}"
    error = event.error.model_copy(update={"code": SUBWORKFLOW_FAILED, "message": message, "lost": False})
    return [child_ended(parent, error, event)]


def when_child_cancelled(event: ExecutionCancelled, recorded: Recorded) -> list[FailStep]:
    if not (parent := event.parent):
        return []
    error = StepError(
        code="execution.subworkflow_cancelled", message=f"cancelled by {event.by}: {event.reason}"
    )
    return [child_ended(parent, error, event)]


def child_ended(parent: ParentRef, error: StepError, event: ExecutionFailed | ExecutionCancelled) -> FailStep:
    return FailStep(
        execution_id=parent.execution_id,
        node=parent.node,
        attempt=parent.attempt,
        error=error,
        spent=event.spent,
    )


def when_abandoned(
    event: ExecutionFailed | ExecutionCancelled | ItemFailed | StepFailed | StepRetryPlanned,
    recorded: Recorded,
) -> list[CancelExecution]:
    """Subworkflows nobody waits for any more."""
    return [CancelExecution(execution_id=child, reason=PARENT_ENDED) for child in event.open_children]
