"""Uses a tool, once unless it is safe to repeat."""

from contexts.execution.ports_tools import ToolPorts
from schemas.base import Command
from schemas.envelope import Recorded
from schemas.execution.commands import CompleteStep, FailStep
from schemas.execution.events import ToolRequested
from schemas.execution.tool_error import ToolError
from schemas.execution.types import StepError

OVERDUE = StepError(
    code="tool.not_begun_in_time",
    message="The tool was not used: its time had passed before a worker was free.",
    retryable=True,
    error_class="timeout",
)
LOST = StepError(
    code="execution.outcome_unknown",
    message="The worker ended while the tool was used; whether it did its work is unknown.",
    lost=True,
)


async def use_tool(event: ToolRequested, recorded: Recorded, ports: ToolPorts) -> list[Command]:
    if ports.wall_clock() >= event.due_at:
        return [failed(event, OVERDUE)]
    try:
        output = await ports.tools.run(recorded.tenant_id, event.request, event.timeout_seconds)
    except ToolError as error:
        return [failed(event, step_error(event, error))]
    return [
        CompleteStep(execution_id=event.execution_id, node=event.node, attempt=event.attempt, output=output)
    ]


def outcome_unknown(event: ToolRequested, recorded: Recorded) -> list[Command] | None:
    """A safe tool is used again instead: nobody minds if it is for the second time."""
    return None if event.safe else [failed(event, LOST)]


def step_error(event: ToolRequested, error: ToolError) -> StepError:
    """Whether a lost outcome may be tried again depends on the tool, not on what was lost."""
    return StepError(
        code=error.code,
        message=error.message,
        retryable=event.safe if error.lost else error.retryable,
        retry_after=error.retry_after,
        lost=error.lost,
        error_class=error.error_class,
    )


def failed(event: ToolRequested, error: StepError) -> FailStep:
    return FailStep(execution_id=event.execution_id, node=event.node, attempt=event.attempt, error=error)
