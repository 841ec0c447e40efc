from typing import Any, Literal
from uuid import UUID

from schemas.base import Command
from schemas.execution.chat import Usage
from schemas.execution.types import StepError

STREAM = "execution-{0.execution_id}"


class StartExecution(Command, type_name="execution.execution.start", stream=STREAM):
    """Runs the latest published version of a workflow, the given `version`, or an agent."""

    execution_id: UUID
    source_kind: Literal["workflow", "agent"]
    source_id: UUID
    version: int | None = None
    inputs: dict[str, Any]


class CompleteStep(Command, type_name="execution.execution.complete_step", stream=STREAM):
    execution_id: UUID
    node: str
    attempt: int
    output: Any


class CompleteCall(Command, type_name="execution.execution.complete_call", stream=STREAM):
    """A model answered: the step's output and what it used."""

    execution_id: UUID
    node: str
    attempt: int
    output: str
    usage: Usage
    finish_reason: str
    provider_request_id: str | None
    latency_ms: int


class FailStep(Command, type_name="execution.execution.fail_step", stream=STREAM):
    """An attempt failed. `usage` is what the provider was seen to spend on it, if anything."""

    execution_id: UUID
    node: str
    attempt: int
    error: StepError
    usage: Usage | None = None


class RetryStep(Command, type_name="execution.execution.retry_step", stream=STREAM):
    execution_id: UUID
    node: str
    attempt: int


class ExpireExecution(Command, type_name="execution.execution.expire", stream=STREAM):
    """The run's deadline has come: end it if it has not ended."""

    execution_id: UUID
