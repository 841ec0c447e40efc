"""Facts, events and results of runs, with defaults."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from contexts.execution.begin import begin
from contexts.execution.calls import OVERDUE
from contexts.execution.facts import RunFacts, StartFacts
from contexts.execution.paths import Place
from contexts.execution.run import Run
from contexts.execution.starting import RUN_TIMEOUT
from contexts.execution.state import Execution
from schemas.authoring.definition import Release, Source, WorkflowDefinition
from schemas.authoring.nodes import LlmNode
from schemas.execution import commands as c
from schemas.execution import events as e
from schemas.execution.chat import Usage
from schemas.execution.types import CallRef, StepError
from tests.support.builders import NOW, WORKFLOW_ID

RUN_ID = UUID(int=100)
SOURCE = Source(kind="workflow", id=WORKFLOW_ID, version=1, hash="hash", name="Letters")
BUSY = StepError(code="provider.rate_limited", message="busy", retryable=True)
REFUSED = StepError(code="provider.unauthorized", message="wrong key")


def startable(definition: WorkflowDefinition) -> StartFacts:
    return StartFacts(
        tenant_status="active", found=True, source=SOURCE, release=Release(definition=definition)
    )


def pinned(definition: WorkflowDefinition) -> RunFacts:
    return RunFacts(Release(definition=definition))


def start(**inputs: Any) -> c.StartExecution:
    return c.StartExecution(execution_id=RUN_ID, source_kind="workflow", source_id=WORKFLOW_ID, inputs=inputs)


def started(**inputs: Any) -> e.ExecutionStarted:
    deadline = NOW + RUN_TIMEOUT
    return e.ExecutionStarted(execution_id=RUN_ID, source=SOURCE, inputs=inputs, deadline=deadline)


def scheduled(node: str, attempt: int = 1) -> e.StepScheduled:
    due_at = NOW + timedelta(seconds=60) + OVERDUE
    return e.StepScheduled(execution_id=RUN_ID, node=node, attempt=attempt, kind="noop", due_at=due_at)


def succeeded(node: str, output: Any = None, attempt: int = 1) -> e.StepSucceeded:
    return e.StepSucceeded(execution_id=RUN_ID, node=node, attempt=attempt, output=output)


def done(output: Any = "") -> e.ExecutionSucceeded:
    return e.ExecutionSucceeded(execution_id=RUN_ID, output=output)


def ended(error: StepError, node: str | None, *open_calls: CallRef) -> e.ExecutionFailed:
    return e.ExecutionFailed(execution_id=RUN_ID, error=error, node=node, open_calls=open_calls)


def call(node: str, attempt: int = 1, at: datetime = NOW) -> CallRef:
    return CallRef(execution_id=RUN_ID, node=node, attempt=attempt, requested_at=at)


def requested(node: LlmNode, attempt: int = 1, at: datetime = NOW) -> e.CallRequested:
    """For nodes whose texts have no references."""
    state = Execution(RUN_ID, SOURCE, {}, at + RUN_TIMEOUT)
    run = Run(state, Release(definition=WorkflowDefinition(nodes=(node,), output="")), at)
    begin(run, Place((), node.id), node, attempt)
    (event,) = run.events
    assert isinstance(event, e.CallRequested)
    return event


def complete_step(node: str, attempt: int = 1, output: Any = None) -> c.CompleteStep:
    return c.CompleteStep(execution_id=RUN_ID, node=node, attempt=attempt, output=output)


def complete_call(node: str, attempt: int = 1, output: str = "hello") -> c.CompleteCall:
    return c.CompleteCall(
        execution_id=RUN_ID,
        node=node,
        attempt=attempt,
        output=output,
        usage=Usage(input=20, output=1),
        finish_reason="stop",
        provider_request_id=None,
        latency_ms=5,
    )


def call_completed(node: str, attempt: int = 1) -> e.CallCompleted:
    return e.CallCompleted(
        execution_id=RUN_ID,
        node=node,
        call=call(node, attempt),
        usage=Usage(input=20, output=1),
        finish_reason="stop",
        provider_request_id=None,
        latency_ms=5,
    )


def fail_step(node: str, error: StepError = BUSY, attempt: int = 1) -> c.FailStep:
    return c.FailStep(execution_id=RUN_ID, node=node, attempt=attempt, error=error)


def call_failed(node: str, error: StepError = BUSY, attempt: int = 1) -> e.CallFailed:
    return e.CallFailed(execution_id=RUN_ID, node=node, call=call(node, attempt), error=error, usage=None)


def step_failed(node: str, error: StepError, attempt: int = 1) -> e.StepFailed:
    return e.StepFailed(execution_id=RUN_ID, node=node, attempt=attempt, error=error)


def retry_step(node: str, attempt: int) -> c.WakeStep:
    return c.WakeStep(execution_id=RUN_ID, node=node, attempt=attempt)
