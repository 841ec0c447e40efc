"""How each kind of node begins. Pure ones are done at once; the others ask for something outside."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid5

from contexts.execution.agents import begin_agent
from contexts.execution.calls import OVERDUE, messages_of, request_call
from contexts.execution.ceilings import share
from contexts.execution.paths import Place
from contexts.execution.problems import StepProblem, bounded, filled, text, truth_of, value_of
from contexts.execution.run import Run
from contexts.execution.tools import request_tool
from schemas.authoring import nodes as n
from schemas.execution import events as e
from schemas.execution.types import ParentRef

MAX_DEPTH = 5
MAX_LENGTH = 20_000
"""Events of one run. Work that needs more belongs into subworkflows."""


def begin(run: Run, place: Place, node: n.Node, attempt: int) -> None:
    """Records how the attempt begins; raises StepProblem when it cannot, NotYet when it cannot now."""
    if run.state.length > MAX_LENGTH:
        message = f"the run has {run.state.length} events; put parts of it into subworkflows"
        raise StepProblem("execution.history_too_long", message)
    BEGIN[type(node)](run, place, node, attempt)


def succeed(run: Run, place: Place, output: Any, attempt: int = 1) -> None:
    run.record(e.StepSucceeded(execution_id=run.id, node=str(place), attempt=attempt, output=output))


def template(run: Run, place: Place, node: n.TemplateNode, attempt: int) -> None:
    succeed(run, place, text(node.template, run.values(place.scope)))


def transform(run: Run, place: Place, node: n.TransformNode, attempt: int) -> None:
    succeed(run, place, bounded(value_of(node.expression, run.values(place.scope))))


def branch(run: Run, place: Place, node: n.BranchNode, attempt: int) -> None:
    values = run.values(place.scope)
    chosen = next((case.name for case in node.cases if truth_of(case.when, values)), node.otherwise)
    succeed(run, place, chosen)


def llm(run: Run, place: Place, node: n.LlmNode, attempt: int) -> None:
    request_call(run, place, node, messages_of(run, place, node), attempt, node.timeout_seconds)


def tool(run: Run, place: Place, node: n.ToolNode, attempt: int) -> None:
    arguments = filled(node.arguments, run.values(place.scope))
    request_tool(run, place, node.tool, arguments, node.timeout_seconds, attempt)


def retrieve(run: Run, place: Place, node: n.RetrieveNode, attempt: int) -> None:
    run.record(
        e.RetrievalRequested(
            execution_id=run.id,
            node=str(place),
            attempt=attempt,
            query=text(node.query, run.values(place.scope)),
            collection=node.collection,
            top_k=node.top_k,
            due_at=due(run, node.timeout_seconds),
        )
    )


def subworkflow(run: Run, place: Place, node: n.SubworkflowNode, attempt: int) -> None:
    depth = run.state.parent.depth + 1 if run.state.parent else 1
    if depth > MAX_DEPTH:
        raise StepProblem("execution.too_deep", f"subworkflows are nested more than {MAX_DEPTH} deep")
    run.record(
        e.SubworkflowRequested(
            execution_id=run.id,
            node=str(place),
            attempt=attempt,
            child_id=uuid5(run.id, f"{place}/{attempt}"),
            source=run.release.workflows[str(node.workflow_id)],
            inputs=filled(node.inputs, run.values(place.scope)),
            parent=ParentRef(
                execution_id=run.id, node=str(place), attempt=attempt, root_id=run.state.root_id, depth=depth
            ),
            priority=run.state.priority,
            max_cost=share(run, node.max_cost),
            due_at=due(run, node.timeout_seconds),
        )
    )


def approval(run: Run, place: Place, node: n.ApprovalNode, attempt: int) -> None:
    escalate = node.escalate_after_seconds
    run.record(
        e.ApprovalRequested(
            execution_id=run.id,
            node=str(place),
            attempt=attempt,
            purpose="approval",
            message=text(node.message, run.values(place.scope)),
            form=node.form,
            assignees=node.assignees,
            due_at=run.now + timedelta(seconds=node.deadline_seconds),
            escalate_at=None if escalate is None else run.now + timedelta(seconds=escalate),
            escalate_to=node.escalate_to,
        )
    )


def wait(run: Run, place: Place, node: n.WaitNode, attempt: int) -> None:
    """A signal that came before is taken at once; a time that has passed is not waited for."""
    due_at = wait_until(run, place, node)
    begun = e.WaitBegun(
        execution_id=run.id, node=str(place), attempt=attempt, due_at=due_at, event=node.event
    )
    run.record(begun)
    if node.event is None and due_at <= run.now:
        succeed(run, place, due_at.isoformat(), attempt)
    elif waiting := [payload for name, payload in run.state.signals if name == node.event]:
        succeed(run, place, waiting[0], attempt)


def wait_until(run: Run, place: Place, node: n.WaitNode) -> datetime:
    if node.until is None:
        return run.now + timedelta(seconds=node.seconds or node.timeout_seconds)
    written = text(node.until, run.values(place.scope))
    try:
        at = datetime.fromisoformat(written.strip())
    except ValueError as error:
        raise StepProblem("execution.not_a_time", f"{written[:60]!r} is no ISO 8601 time") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def noop(run: Run, place: Place, node: n.NoopNode, attempt: int) -> None:
    due_at = due(run, node.timeout_seconds)
    run.record(
        e.StepScheduled(execution_id=run.id, node=str(place), attempt=attempt, kind=node.type, due_at=due_at)
    )


def map_(run: Run, place: Place, node: n.MapNode, attempt: int) -> None:
    values = run.values(place.scope)
    items = value_of(node.items, values)
    if not isinstance(items, list):
        raise StepProblem("execution.not_a_list", f"{node.items!r} gave {type(items).__name__}, not a list")
    if len(items) > node.max_items:
        raise StepProblem("execution.too_many_items", f"{len(items)} items; {node.max_items} are allowed")
    initial = filled(node.reduce.initial, values) if node.reduce else None
    run.record(
        e.MapBegun(
            execution_id=run.id,
            node=str(place),
            attempt=attempt,
            items=items,
            count=len(items),
            initial=initial,
        )
    )


def loop(run: Run, place: Place, node: n.LoopNode, attempt: int) -> None:
    initial = filled(node.initial, run.values(place.scope))
    run.record(e.LoopBegun(execution_id=run.id, node=str(place), attempt=attempt, initial=initial))


def agent(run: Run, place: Place, node: n.AgentNode, attempt: int) -> None:
    begin_agent(run, place, node, attempt)


def due(run: Run, timeout_seconds: float) -> datetime:
    return run.now + timedelta(seconds=timeout_seconds) + OVERDUE


BEGIN: dict[type[n.Node], Callable[[Run, Place, Any, int], None]] = {
    n.TemplateNode: template,
    n.TransformNode: transform,
    n.BranchNode: branch,
    n.LlmNode: llm,
    n.AgentNode: agent,
    n.ToolNode: tool,
    n.RetrieveNode: retrieve,
    n.SubworkflowNode: subworkflow,
    n.ApprovalNode: approval,
    n.WaitNode: wait,
    n.NoopNode: noop,
    n.MapNode: map_,
    n.LoopNode: loop,
}
