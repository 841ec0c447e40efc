"""One run of a definition, from its start to its end. Late and repeated results change nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from contexts.execution import errors, inputs, plan, retry
from contexts.execution.facts import DefinitionFacts, StartFacts
from contexts.kernel import Aggregate, Context
from schemas.authoring.definition import Source, WorkflowDefinition
from schemas.authoring.nodes import Node
from schemas.base import Command, Event
from schemas.execution import events as e
from schemas.execution.chat import Usage
from schemas.execution.commands import (
    CompleteCall,
    CompleteStep,
    ExpireExecution,
    FailStep,
    StartExecution,
    WakeStep,
)
from schemas.execution.types import CallRef, StepError

RUN_TIMEOUT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Working:
    """An attempt is under way; `call` when it is a provider call."""

    attempt: int
    call: CallRef | None


@dataclass(frozen=True, slots=True)
class Pausing:
    """Attempt `attempt` begins when its timer comes."""

    attempt: int


@dataclass(frozen=True, slots=True)
class Done:
    output: Any


Step = Working | Pausing | Done


@dataclass(frozen=True, slots=True)
class Execution:
    execution_id: UUID
    source: Source
    inputs: Mapping[str, Any]
    deadline: datetime
    steps: Mapping[str, Step] = field(default_factory=dict)
    status: Literal["running", "succeeded", "failed"] = "running"


def start(state: Execution | None, command: StartExecution, ctx: Context) -> list[Event]:
    if state is not None:
        raise errors.ExecutionExists("This execution has been started already.")
    source, definition = startable(ctx.facts)
    if problems := inputs.problems(definition, command.inputs):
        raise errors.InvalidInputs("The inputs do not fit the definition.", problems)
    given = inputs.complete(definition, command.inputs)
    started = e.ExecutionStarted(
        execution_id=command.execution_id, source=source, inputs=given, deadline=ctx.now + RUN_TIMEOUT
    )
    run = plan.Run(command.execution_id, definition, given, {}, frozenset(), ctx.now)
    return [started, *plan.advance(run)]


def complete_step(state: Execution | None, command: CompleteStep, ctx: Context) -> list[Event]:
    execution = found(state)
    if not under_way(execution, command.node, command.attempt):
        return []
    return finish(execution, command.node, command.attempt, command.output, ctx)


def complete_call(state: Execution | None, command: CompleteCall, ctx: Context) -> list[Event]:
    execution = found(state)
    working = under_way(execution, command.node, command.attempt)
    if not working or not working.call:
        return []
    completed = e.CallCompleted(
        execution_id=command.execution_id,
        node=command.node,
        call=working.call,
        usage=command.usage,
        finish_reason=command.finish_reason,
        provider_request_id=command.provider_request_id,
        latency_ms=command.latency_ms,
    )
    return [completed, *finish(execution, command.node, command.attempt, command.output, ctx)]


def fail_step(state: Execution | None, command: FailStep, ctx: Context) -> list[Event]:
    execution = found(state)
    working = under_way(execution, command.node, command.attempt)
    if not working:
        return []
    ended = call_failed(execution, command.node, working, command.error, command.usage)
    node = node_of(definition_of(ctx), command.node)
    due_at = retry.due_at(node, command.attempt, command.error, execution.execution_id, ctx.now)
    if due_at is None:
        return [*ended, *fail(execution, command.node, command.attempt, command.error)]
    planned = e.StepRetryPlanned(
        execution_id=command.execution_id,
        node=command.node,
        attempt=command.attempt + 1,
        due_at=due_at,
        error=command.error,
    )
    return [*ended, planned]


def retry_step(state: Execution | None, command: WakeStep, ctx: Context) -> list[Event]:
    execution = found(state)
    step = execution.steps.get(command.node)
    if execution.status != "running" or step != Pausing(command.attempt):
        return []
    run = run_of(execution, ctx)
    return [plan.begin(run, node_of(run.definition, command.node), run.outputs, command.attempt)]


def unavailable(state: Execution | None, command: Command, ctx: Context) -> list[Event]:
    raise errors.ExecutionNotFound("not built yet")


def expire(state: Execution | None, command: ExpireExecution, ctx: Context) -> list[Event]:
    execution = found(state)
    if execution.status != "running" or ctx.now < execution.deadline:
        return []
    error = StepError(code="execution.deadline_passed", message="The run did not end before its deadline.")
    return [end(execution, error, None)]


def finish(execution: Execution, node: str, attempt: int, output: Any, ctx: Context) -> list[Event]:
    succeeded = e.StepSucceeded(
        execution_id=execution.execution_id, node=node, attempt=attempt, output=output
    )
    after = evolve(execution, succeeded)
    return [succeeded, *(closing(after, event) for event in plan.advance(run_of(after, ctx)))]


def closing(execution: Execution, event: Event) -> Event:
    """A failure names the calls it leaves open; planning does not know them."""
    if not isinstance(event, e.ExecutionFailed):
        return event
    return event.model_copy(update={"open_calls": open_calls(execution)})


def fail(execution: Execution, node: str, attempt: int, error: StepError) -> list[Event]:
    failed = e.StepFailed(execution_id=execution.execution_id, node=node, attempt=attempt, error=error)
    others = replace(execution, steps={n: s for n, s in execution.steps.items() if n != node})
    return [failed, end(others, error, node)]


def end(execution: Execution, error: StepError, node: str | None) -> e.ExecutionFailed:
    calls = open_calls(execution)
    return e.ExecutionFailed(execution_id=execution.execution_id, error=error, node=node, open_calls=calls)


def open_calls(execution: Execution) -> tuple[CallRef, ...]:
    return tuple(s.call for s in execution.steps.values() if isinstance(s, Working) and s.call)


def call_failed(
    execution: Execution, node: str, working: Working, error: StepError, usage: Usage | None
) -> list[Event]:
    if working.call is None:
        return []
    return [
        e.CallFailed(
            execution_id=execution.execution_id, node=node, call=working.call, error=error, usage=usage
        )
    ]


def startable(facts: StartFacts) -> tuple[Source, WorkflowDefinition]:
    match facts.tenant_status:
        case None:
            raise errors.TenantNotFound("There is no such tenant.")
        case "suspended":
            raise errors.TenantIsSuspended("The tenant is suspended: nothing can be started.")
        case "provisioned":
            raise errors.TenantNotActive("The tenant is not active yet.")
    if not facts.found:
        raise errors.SourceNotFound("There is no such agent or workflow in this tenant.")
    if facts.source is None or facts.definition is None:
        raise errors.NotPublished("That version was never published; publish the workflow first.")
    return facts.source, facts.definition


def found(state: Execution | None) -> Execution:
    if state is None:
        raise errors.ExecutionNotFound("There is no such execution.")
    return state


def under_way(execution: Execution, node: str, attempt: int) -> Working | None:
    """The attempt a result is for, if it is still waited for."""
    step = execution.steps.get(node)
    if execution.status != "running" or not isinstance(step, Working) or step.attempt != attempt:
        return None
    return step


def run_of(execution: Execution, ctx: Context) -> plan.Run:
    outputs = {node: step.output for node, step in execution.steps.items() if isinstance(step, Done)}
    return plan.Run(
        execution.execution_id,
        definition_of(ctx),
        execution.inputs,
        outputs,
        frozenset(execution.steps),
        ctx.now,
    )


def definition_of(ctx: Context) -> WorkflowDefinition:
    facts: DefinitionFacts = ctx.facts
    return facts.definition


def node_of(definition: WorkflowDefinition, node_id: str) -> Node:
    return next(node for node in definition.nodes if node.id == node_id)


def evolve(state: Execution | None, event: Event) -> Execution:
    if isinstance(event, e.ExecutionStarted):
        return Execution(event.execution_id, event.source, event.inputs, event.deadline)
    assert state is not None
    match event:
        case e.StepScheduled():
            return with_step(state, event.node, Working(event.attempt, None))
        case e.CallRequested():
            return with_step(state, event.node, Working(event.attempt, event.call))
        case e.StepSucceeded():
            return with_step(state, event.node, Done(event.output))
        case e.StepRetryPlanned():
            return with_step(state, event.node, Pausing(event.attempt))
        case e.ExecutionSucceeded():
            return replace(state, status="succeeded")
        case e.ExecutionFailed():
            return replace(state, status="failed")
    return state


def with_step(state: Execution, node: str, step: Step) -> Execution:
    return replace(state, steps={**state.steps, node: step})


EXECUTION = Aggregate("execution", Execution, evolve)
