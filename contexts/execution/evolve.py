"""State after each event. Validates nothing: what happened, happened."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from contexts.execution.paths import Place, place
from contexts.execution.state import (
    NOTHING,
    Approving,
    Conversing,
    Done,
    Execution,
    Failed,
    Inner,
    Leaf,
    Looped,
    Mapped,
    Pausing,
    PutOff,
    Skipped,
    Status,
    Step,
    Waiting,
    Working,
)
from contexts.execution.tree import leaves_in, leaves_of, step_at, with_step
from schemas.base import Event
from schemas.execution import events as e
from schemas.execution.chat import ChatMessage
from schemas.execution.types import StepPath


def evolve(state: Execution | None, event: Event) -> Execution:
    if isinstance(event, e.ExecutionQueued | e.ExecutionStarted):
        begun = accepted(event)
        return begun._replace(length=state.length + 1, signals=state.signals) if state else begun
    assert state is not None
    change = ON.get(type(event))
    after = change(state, event) if change else state
    return after._replace(length=state.length + 1)


def accepted(event: e.ExecutionQueued | e.ExecutionStarted) -> Execution:
    state = Execution(
        event.execution_id,
        event.source,
        event.inputs,
        event.deadline,
        priority=event.priority,
        trigger=event.trigger,
        fork=event.fork,
        max_cost=event.max_cost,
    )
    if isinstance(event, e.ExecutionQueued):
        return state._replace(status="queued")
    return state._replace(parent=event.parent, idle_seconds=event.idle_seconds)


def at(path: StepPath) -> Place:
    found = place(path)
    assert found is not None
    return found


def put(state: Execution, path: StepPath, step: Step | Leaf) -> Execution:
    return with_step(state, at(path), step)


def carried(state: Execution, path: StepPath) -> dict[str, Any]:
    """What one attempt hands to the next."""
    before = step_at(state, at(path))
    if isinstance(before, Working | Pausing | PutOff):
        return {"repairs": before.repairs, "excused": before.excused, "spent": before.spent}
    return {}


def scheduled(state: Execution, event: e.StepScheduled | e.RetrievalRequested) -> Execution:
    return put(state, event.node, Working(event.attempt, event.due_at))


def tool_requested(state: Execution, event: e.ToolRequested) -> Execution:
    return put(state, event.node, Working(event.attempt, event.due_at, safe=event.safe))


def subworkflow(state: Execution, event: e.SubworkflowRequested) -> Execution:
    kept = carried(state, event.node) | {"reserved": event.max_cost or NOTHING}
    return put(state, event.node, Working(event.attempt, event.due_at, child=event.child_id, **kept))


def requested(state: Execution, event: e.CallRequested) -> Execution:
    """A call that follows a call, with no pause between them, asks again for a better answer."""
    kept = carried(state, event.node)
    if isinstance(step_at(state, at(event.node)), Working):
        kept["repairs"] += 1
    kept["reserved"] = event.reserved
    return put(state, event.node, Working(event.attempt, event.due_at, event.call, **kept))


def call_ended(state: Execution, event: e.CallCompleted | e.CallFailed) -> Execution:
    where = at(event.node)
    step = step_at(state, where)
    price = spent_by(event, step)
    spent = state._replace(spent=state.spent + price)
    if isinstance(step, Working):
        told = replace(step, spent=step.spent + price, reserved=NOTHING)
        spent = with_step(spent, where, told)
    return with_agents_spent(spent, where, price)


def spent_by(event: e.CallCompleted | e.CallFailed, step: Step | Leaf | None) -> Decimal:
    """A call of unknown outcome counts under its ceiling with all it may have cost."""
    unknown = isinstance(event, e.CallFailed) and event.error.lost and event.price is None
    if unknown and isinstance(step, Working):
        return step.reserved
    return event.price or NOTHING


def with_agents_spent(state: Execution, call: Place, price: Decimal) -> Execution:
    if call.name is not None or not price:
        return state
    agent = Place(call.scope[:-1], call.scope[-1].name)
    step = step_at(state, agent)
    if not isinstance(step, Conversing):
        return state
    return with_step(state, agent, replace(step, spent=step.spent + price))


def approval(state: Execution, event: e.ApprovalRequested) -> Execution:
    asked = Approving(
        event.attempt,
        event.purpose,
        event.form,
        event.assignees,
        event.due_at,
        event.escalate_at,
        event.escalate_to,
    )
    return put(state, event.node, asked)


def escalated(state: Execution, event: e.ApprovalEscalated) -> Execution:
    """Where everybody may answer, everybody still may."""
    step = step_at(state, at(event.node))
    if not isinstance(step, Approving):
        return state
    who = tuple(dict.fromkeys((*step.assignees, *event.to))) if step.assignees else ()
    return put(state, event.node, replace(step, assignees=who, escalate_at=None, escalate_to=()))


def waiting(state: Execution, event: e.WaitBegun) -> Execution:
    return put(state, event.node, Waiting(event.attempt, event.due_at, event.event))


def signalled(state: Execution, event: e.SignalReceived) -> Execution:
    return state._replace(signals=(*state.signals, (event.name, event.payload)))


def succeeded(state: Execution, event: e.StepSucceeded) -> Execution:
    """A wait for a named event has used up the first signal of that name."""
    step = step_at(state, at(event.node))
    after = put(state._replace(spent=state.spent + event.spent), event.node, Done(event.output))
    if isinstance(step, Waiting) and step.event:
        return without_signal(after, step.event)
    return after


def without_signal(state: Execution, name: str) -> Execution:
    kept = list(state.signals)
    first = next((index for index, (signal, _) in enumerate(kept) if signal == name), None)
    if first is not None:
        del kept[first]
    return state._replace(signals=tuple(kept))


def skipped(state: Execution, event: e.StepSkipped) -> Execution:
    return put(state, event.node, Skipped())


def retry_planned(state: Execution, event: e.StepRetryPlanned) -> Execution:
    kept = carried(state, event.node)
    spent = event.spent + forfeited(event, [step_at(state, at(event.node))])
    kept["spent"] = kept.get("spent", NOTHING) + spent
    if not event.counts:
        free = "repairs" if event.error.error_class == "invalid_output" else "excused"
        kept[free] = kept.get(free, 0) + 1
    after = state._replace(spent=state.spent + spent)
    return put(after, event.node, Pausing(event.attempt, event.due_at, **kept))


def put_off(state: Execution, event: e.StepPutOff) -> Execution:
    return put(state, event.node, PutOff(event.attempt, **carried(state, event.node)))


def failed(state: Execution, event: e.StepFailed) -> Execution:
    step = step_at(state, at(event.node))
    spent = event.spent + forfeited(event, [step, *leaves_in(step)])
    return put(state._replace(spent=state.spent + spent), event.node, Failed(event.error))


def forfeited(
    event: e.StepFailed | e.StepRetryPlanned | e.ItemFailed,
    ended: Iterable[Step | Leaf | None],
) -> Decimal:
    """What may still be spent by what nobody waits for any more: a call that told nothing, a subworkflow
    that goes on."""
    working = (leaf for leaf in ended if isinstance(leaf, Working))
    lost = (leaf for leaf in working if leaf.call or leaf.child in event.open_children)
    return sum((leaf.reserved for leaf in lost), NOTHING)


def map_begun(state: Execution, event: e.MapBegun) -> Execution:
    return put(state, event.node, Mapped(event.attempt, tuple(event.items), total=event.initial))


def loop_begun(state: Execution, event: e.LoopBegun) -> Execution:
    return put(state, event.node, Looped(event.attempt, output=event.initial))


def item_begun(state: Execution, event: e.ItemBegun) -> Execution:
    step = step_at(state, at(event.node))
    index = event.index
    if isinstance(step, Mapped):
        inner = Inner(index, item=step.items[index])
        return put(state, event.node, replace(step, open={**step.open, index: inner}, begun=index + 1))
    assert isinstance(step, Looped)
    return put(state, event.node, replace(step, inner=Inner(index, previous=step.output)))


def item_succeeded(state: Execution, event: e.ItemSucceeded) -> Execution:
    step = step_at(state, at(event.node))
    if isinstance(step, Looped):
        done = replace(step, inner=None, iterations=event.index + 1, output=event.output)
        return put(state, event.node, done)
    assert isinstance(step, Mapped)
    return put(state, event.node, item_ended(step, event.index, event.output, event.folded, event.total))


def item_failed(state: Execution, event: e.ItemFailed) -> Execution:
    step = step_at(state, at(event.node))
    assert isinstance(step, Mapped)
    spent = forfeited(event, leaves_of(step.open[event.index])) if event.index in step.open else NOTHING
    after = item_ended(step, event.index, None, event.folded, event.total)
    counted = state._replace(spent=state.spent + spent)
    return put(counted, event.node, replace(after, failures=step.failures + 1))


def item_ended(step: Mapped, index: int, output: Any, folded: int | None, total: Any) -> Mapped:
    """With `folded`, results below it are in `total` and are not kept."""
    open_ = {number: inner for number, inner in step.open.items() if number != index}
    results = {**step.results, index: output}
    ended = replace(step, open=open_, results=results, ended=step.ended + 1)
    if folded is None:
        return ended
    kept = {number: result for number, result in results.items() if number >= folded}
    return replace(ended, results=kept, folded=folded, total=total)


def agent_begun(state: Execution, event: e.AgentBegun) -> Execution:
    return put(state, event.node, Conversing(event.attempt, event.messages, Inner(1)))


def agent_turned(state: Execution, event: e.AgentTurned) -> Execution:
    where = at(event.node)
    agent = step_at(state, where)
    assert isinstance(agent, Conversing)
    said = ChatMessage(role="assistant", content=event.content, tool_calls=event.tool_calls)
    inner = replace(agent.inner, call=Done(event.content), tool_calls=event.tool_calls)
    return with_step(state, where, replace(agent, messages=(*agent.messages, said), inner=inner))


def agent_informed(state: Execution, event: e.AgentInformed) -> Execution:
    where = at(event.node)
    agent = step_at(state, where)
    assert isinstance(agent, Conversing)
    messages = (*agent.messages, *event.results)
    return with_step(state, where, replace(agent, messages=messages, inner=Inner(event.round + 1)))


def parked(state: Execution, event: e.ExecutionParked) -> Execution:
    return state._replace(parked=True)


def woken(state: Execution, event: e.ExecutionWoken) -> Execution:
    return state._replace(parked=False)


def paused(state: Execution, event: e.ExecutionPaused) -> Execution:
    return state._replace(status="paused")


def resumed(state: Execution, event: e.ExecutionResumed) -> Execution:
    return state._replace(status="running")


def ended(
    state: Execution, event: e.ExecutionSucceeded | e.ExecutionFailed | e.ExecutionCancelled
) -> Execution:
    return state._replace(status=ENDS[type(event)])


ENDS: dict[type[Event], Status] = {
    e.ExecutionSucceeded: "succeeded",
    e.ExecutionFailed: "failed",
    e.ExecutionCancelled: "cancelled",
}

ON: dict[type[Event], Callable[[Execution, Any], Execution]] = {
    e.StepScheduled: scheduled,
    e.ToolRequested: tool_requested,
    e.RetrievalRequested: scheduled,
    e.SubworkflowRequested: subworkflow,
    e.CallRequested: requested,
    e.CallCompleted: call_ended,
    e.CallFailed: call_ended,
    e.ApprovalRequested: approval,
    e.ApprovalEscalated: escalated,
    e.WaitBegun: waiting,
    e.SignalReceived: signalled,
    e.StepSucceeded: succeeded,
    e.StepSkipped: skipped,
    e.StepRetryPlanned: retry_planned,
    e.StepPutOff: put_off,
    e.StepFailed: failed,
    e.MapBegun: map_begun,
    e.LoopBegun: loop_begun,
    e.ItemBegun: item_begun,
    e.ItemSucceeded: item_succeeded,
    e.ItemFailed: item_failed,
    e.AgentBegun: agent_begun,
    e.AgentTurned: agent_turned,
    e.AgentInformed: agent_informed,
    e.ExecutionParked: parked,
    e.ExecutionWoken: woken,
    e.ExecutionPaused: paused,
    e.ExecutionResumed: resumed,
    e.ExecutionSucceeded: ended,
    e.ExecutionFailed: ended,
    e.ExecutionCancelled: ended,
}
