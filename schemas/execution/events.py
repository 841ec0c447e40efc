from datetime import datetime
from typing import Any
from uuid import UUID

from schemas.authoring.definition import Source
from schemas.base import Event
from schemas.execution.chat import ChatRequest, Usage
from schemas.execution.types import CallRef, StepError


class ExecutionStarted(Event, type_name="execution.execution.started"):
    execution_id: UUID
    source: Source
    inputs: dict[str, Any]
    deadline: datetime


class StepScheduled(Event, type_name="execution.execution.step_scheduled"):
    """A step that does no provider call is to be performed."""

    execution_id: UUID
    node: str
    attempt: int
    kind: str


class CallRequested(Event, type_name="execution.execution.call_requested"):
    """A step wants a metered provider call; it waits for the ledger to authorise it."""

    execution_id: UUID
    node: str
    attempt: int
    call: CallRef
    request: ChatRequest
    max_input_tokens: int


class CallCompleted(Event, type_name="execution.execution.call_completed"):
    execution_id: UUID
    node: str
    call: CallRef
    usage: Usage
    finish_reason: str
    provider_request_id: str | None
    latency_ms: int


class CallFailed(Event, type_name="execution.execution.call_failed"):
    """`error.lost`: the outcome is unknown. `usage`: what the provider was seen to spend, if anything."""

    execution_id: UUID
    node: str
    call: CallRef
    error: StepError
    usage: Usage | None


class StepSucceeded(Event, type_name="execution.execution.step_succeeded"):
    execution_id: UUID
    node: str
    attempt: int
    output: Any


class StepRetryPlanned(Event, type_name="execution.execution.step_retry_planned"):
    """Attempt `attempt` is to begin at `due_at`, because the one before it failed with `error`."""

    execution_id: UUID
    node: str
    attempt: int
    due_at: datetime
    error: StepError


class StepFailed(Event, type_name="execution.execution.step_failed"):
    execution_id: UUID
    node: str
    attempt: int
    error: StepError


class ExecutionSucceeded(Event, type_name="execution.execution.succeeded"):
    execution_id: UUID
    output: Any


class ExecutionFailed(Event, type_name="execution.execution.failed"):
    """`open_calls` are the provider calls nobody waits for any more."""

    execution_id: UUID
    error: StepError
    node: str | None
    open_calls: tuple[CallRef, ...] = ()
