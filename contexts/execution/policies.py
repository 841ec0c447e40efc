"""What the execution context does about what happened elsewhere."""

from schemas.billing.events import CallRefused
from schemas.envelope import Recorded
from schemas.execution.commands import FailStep
from schemas.execution.types import StepError


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
