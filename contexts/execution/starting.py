"""How runs come about: started, or queued until their turn."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from contexts.execution import errors, inputs
from contexts.execution.advance import go_on
from contexts.execution.deciding import closed, suspended
from contexts.execution.evolve import evolve
from contexts.execution.facts import RunFacts, StartFacts
from contexts.execution.failing import end_failed
from contexts.execution.reusing import reuse_finished
from contexts.execution.run import Run
from contexts.execution.state import Execution
from contexts.kernel import Context, Rejection
from schemas.authoring.definition import Release, Source, WorkflowDefinition
from schemas.authoring.nodes import ApprovalNode, Graph, LoopNode, MapNode, SubworkflowNode, WaitNode
from schemas.base import Event
from schemas.envelope import Problem, Refusal
from schemas.execution import commands as c
from schemas.execution import events as e
from schemas.execution.types import QueueReason, StepError
from schemas.tenancy.types import STOPPED, TenantStatus

RUN_TIMEOUT = timedelta(hours=1)
LONG_RUN_TIMEOUT = timedelta(days=30)
"""Of a run with nodes that wait for people, times or other runs."""

QUEUE_TIMEOUT = timedelta(days=1)
LONG = (ApprovalNode, WaitNode, SubworkflowNode)


MOST_TOLD = 5
"""Problems of an input that are told in one sentence."""


def start(state: Execution | None, command: c.StartExecution, ctx: Context) -> list[Event]:
    """Nobody waits for the answer to a trigger: that its run is refused is recorded."""
    if state is not None:
        raise errors.ExecutionExists("This execution has been started already.")
    try:
        return accept(command, ctx)
    except Rejection as rejection:
        if command.trigger is None:
            raise
        problem = Problem(code=rejection.refusal.code, message=in_words(rejection.refusal))
        return [
            e.ExecutionRefused(execution_id=command.execution_id, trigger=command.trigger, problem=problem)
        ]


def accept(command: c.StartExecution, ctx: Context) -> list[Event]:
    facts: StartFacts = ctx.facts
    source, release = startable(facts, as_child=command.parent is not None)
    given = inputs.complete(release.definition, command.inputs)
    wrong = inputs.problems(release.definition, command.inputs)
    if command.parent:
        return start_child(command, source, release, given, wrong, ctx)
    if wrong:
        raise errors.InvalidInputs("The inputs do not fit the definition.", wrong)
    return begun_or_queued(started(command, source, release, given, ctx.now), release, ctx)


def started(
    command: c.StartExecution,
    source: Source,
    release: Release,
    given: Mapping[str, Any],
    now: datetime,
) -> e.ExecutionStarted:
    return e.ExecutionStarted(
        execution_id=command.execution_id,
        source=source,
        inputs=dict(given),
        deadline=now + timeout_of(release.definition),
        idle_seconds=release.definition.idle_seconds,
        priority=command.priority,
        max_cost=lower(command.max_cost, release.definition.max_cost),
        parent=command.parent,
        trigger=command.trigger,
    )


def start_child(
    command: c.StartExecution,
    source: Source,
    release: Release,
    given: Mapping[str, Any],
    wrong: list[Problem],
    ctx: Context,
) -> list[Event]:
    """A refusal would reach nobody: a subworkflow with wrong inputs begins, and fails.

    That of a tenant that is stopped begins, and is paused.
    """
    event = started(command, source, release, given, ctx.now)
    run = run_from(event, release, ctx)
    if ctx.facts.tenant_status in STOPPED:
        return [event, suspended(run)]
    if not wrong:
        return begun(event, release, ctx)
    end_failed(run, StepError(code=errors.InvalidInputs.code, message=told(wrong)), None)
    return [event, *run.events]


def in_words(refusal: Refusal) -> str:
    if not refusal.problems:
        return refusal.detail
    return f"{refusal.detail.rstrip('.')}: {told(refusal.problems)}"


def told(problems: Sequence[Problem]) -> str:
    return "; ".join(problem.message for problem in problems[:MOST_TOLD])


def queued(
    event: e.ExecutionStarted, release: Release, reason: QueueReason, now: datetime
) -> e.ExecutionQueued:
    """Instead of `event`: the run is started when its turn has come."""
    return e.ExecutionQueued(
        execution_id=event.execution_id,
        source=event.source,
        inputs=event.inputs,
        deadline=now + QUEUE_TIMEOUT,
        priority=event.priority,
        weight=weight(release.definition),
        reason=reason,
        max_cost=event.max_cost,
        trigger=event.trigger,
        fork=event.fork,
    )


def begin_queued(execution: Execution, ctx: Context) -> list[Event]:
    facts: RunFacts = ctx.facts
    event = e.ExecutionStarted(
        execution_id=execution.execution_id,
        source=execution.source,
        inputs=dict(execution.inputs),
        deadline=ctx.now + timeout_of(facts.release.definition),
        idle_seconds=facts.release.definition.idle_seconds,
        priority=execution.priority,
        max_cost=execution.max_cost,
        trigger=execution.trigger,
        fork=execution.fork,
    )
    return begun(event, facts.release, ctx, execution)


def begun_or_queued(event: e.ExecutionStarted, release: Release, ctx: Context) -> list[Event]:
    facts: StartFacts = ctx.facts
    if facts.admission:
        return [queued(event, release, facts.admission, ctx.now)]
    return begun(event, release, ctx)


def run_from(
    event: e.ExecutionStarted, release: Release, ctx: Context, before: Execution | None = None
) -> Run:
    return Run(evolve(before, event), release, ctx.now, ctx.facts.followers, ctx.facts.most_of)


def begun(
    event: e.ExecutionStarted, release: Release, ctx: Context, before: Execution | None = None
) -> list[Event]:
    run = run_from(event, release, ctx, before)
    if event.fork:
        reuse_finished(run, event.fork, ctx.facts.original)
    go_on(run)
    return [event, *closed(run)]


def startable(facts: StartFacts, as_child: bool) -> tuple[Source, Release]:
    if not as_child:
        require_free(facts.tenant_status)
    elif facts.tenant_status not in STOPPED:
        require_active(facts.tenant_status)
    if not facts.found:
        raise errors.SourceNotFound("There is no such agent or workflow in this tenant.")
    if facts.source is None or facts.release is None:
        raise errors.NotPublished("That version was never published; publish the workflow first.")
    if facts.deprecated and not as_child:
        raise errors.Deprecated("That version is deprecated; start a newer one.")
    return facts.source, facts.release


def require_free(status: TenantStatus | None) -> None:
    """For what is new: what was accepted before goes on under a restriction."""
    if status == "restricted":
        raise errors.TenantIsRestricted("The tenant may start nothing new; what runs goes on.")
    require_active(status)


def require_active(status: TenantStatus | None) -> None:
    match status:
        case None:
            raise errors.TenantNotFound("There is no such tenant.")
        case "suspended":
            raise errors.TenantIsSuspended("The tenant is suspended: nothing can be started.")
        case "closed":
            raise errors.TenantIsClosed("The tenant is closed: nothing can be started, ever.")
        case "provisioned":
            raise errors.TenantNotActive("The tenant is not active yet.")


def timeout_of(definition: WorkflowDefinition) -> timedelta:
    if definition.timeout_seconds is not None:
        return timedelta(seconds=definition.timeout_seconds)
    return LONG_RUN_TIMEOUT if waits_long(definition) else RUN_TIMEOUT


def waits_long(graph: Graph) -> bool:
    return any(
        isinstance(node, LONG) or (isinstance(node, MapNode | LoopNode) and waits_long(node.body))
        for node in graph.nodes
    )


def weight(graph: Graph) -> int:
    """Nodes, those of bodies as well: a rough measure of a run's work."""
    inside = sum(weight(node.body) for node in graph.nodes if isinstance(node, MapNode | LoopNode))
    return len(graph.nodes) + inside


def lower(one: Any, other: Any) -> Any:
    given = [ceiling for ceiling in (one, other) if ceiling is not None]
    return min(given) if given else None
