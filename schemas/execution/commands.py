from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from schemas.authoring.definition import Source
from schemas.base import Command
from schemas.billing.types import Pricing
from schemas.execution.chat import ToolCall, Usage
from schemas.execution.types import ForkRef, ParentRef, StepError, StepPath, TriggerRef

STREAM = "execution-{0.execution_id}"


class StartExecution(Command, type_name="execution.execution.start", stream=STREAM, anew=True, opens=True):
    """Runs the latest published version of a workflow, the given `version`, or an agent.

    `priority` 0 goes first, 9 last, within the tenant. With `parent` it is a subworkflow's run.
    """

    execution_id: UUID
    source_kind: Literal["workflow", "agent"]
    source_id: UUID
    version: int | None = None
    inputs: dict[str, Any]
    priority: int = Field(5, ge=0, le=9)
    max_cost: Decimal | None = None
    parent: ParentRef | None = None
    trigger: TriggerRef | None = None


class ForkExecution(Command, type_name="execution.execution.fork", stream=STREAM, anew=True):
    """A new run of what `fork.execution_id` ran; its finished steps before `fork.from_node` are reused."""

    execution_id: UUID
    fork: ForkRef
    source: Source
    inputs: dict[str, Any] | None = None
    priority: int = Field(5, ge=0, le=9)


class BeginExecution(Command, type_name="execution.execution.begin", stream=STREAM, anew=True):
    """A queued run's turn has come."""

    execution_id: UUID


class CompleteStep(Command, type_name="execution.execution.complete_step", stream=STREAM):
    execution_id: UUID
    node: StepPath
    attempt: int
    output: Any
    spent: Decimal = Decimal(0)


class CompleteCall(Command, type_name="execution.execution.complete_call", stream=STREAM):
    """A model answered: the step's output and what it used. `pricing`: what it was authorised at."""

    execution_id: UUID
    node: StepPath
    attempt: int
    output: str
    tool_calls: tuple[ToolCall, ...] = ()
    usage: Usage
    pricing: Pricing | None = None
    finish_reason: str
    provider_request_id: str | None
    latency_ms: int


class FailStep(Command, type_name="execution.execution.fail_step", stream=STREAM):
    """An attempt failed. `usage`: what a provider was seen to spend; `spent`: what a subworkflow did."""

    execution_id: UUID
    node: StepPath
    attempt: int
    error: StepError
    usage: Usage | None = None
    pricing: Pricing | None = None
    spent: Decimal = Decimal(0)


class WakeStep(Command, type_name="execution.execution.wake_step", stream=STREAM):
    """A step's time has come: a retry is due, a wait is over, an approval escalates, a deadline passed."""

    execution_id: UUID
    node: StepPath
    attempt: int


class AnswerApproval(Command, type_name="execution.execution.answer_approval", stream=STREAM):
    """`email` is the answering user's, from their token, for assignees named by e-mail."""

    execution_id: UUID
    node: StepPath
    approved: bool
    data: dict[str, Any] = Field(default_factory=dict)
    email: str | None = None


class DeliverSignal(Command, type_name="execution.execution.deliver_signal", stream=STREAM):
    """An event from outside, for the wait of that name: now, or when the run comes to it."""

    execution_id: UUID
    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    payload: Any = None


class PauseExecution(Command, type_name="execution.execution.pause", stream=STREAM):
    """Begin nothing new. What is under way is finished and kept."""

    execution_id: UUID


class ResumeExecution(Command, type_name="execution.execution.resume", stream=STREAM):
    execution_id: UUID


class CancelExecution(Command, type_name="execution.execution.cancel", stream=STREAM):
    """Ends the run now, its subworkflows too; provider calls under way are broken off."""

    execution_id: UUID
    reason: str = Field("", max_length=500)


class TerminateExecution(Command, type_name="execution.execution.terminate", stream=STREAM):
    """Ends a run whatever is the matter with it: decided from its stream alone."""

    execution_id: UUID
    reason: str = Field("", max_length=500)


class ExpireExecution(Command, type_name="execution.execution.expire", stream=STREAM):
    """The run's deadline has come, or nothing happened in it since its event `idle_since`: end it."""

    execution_id: UUID
    idle_since: int | None = None
