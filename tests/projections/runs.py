"""Runs that wait, ask, repeat and fail, as the engine records them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from schemas.authoring.definition import Source
from schemas.authoring.tools import ToolPin
from schemas.base import Event
from schemas.execution import events as e
from schemas.execution.chat import ToolCall, Usage
from schemas.execution.types import BuiltinRequest, CallRef, ForkRef, ParentRef, QueueReason, TriggerRef
from tests.projections import stories
from tests.projections.world import EPOCH

DUE = EPOCH + timedelta(minutes=10)
LATER = EPOCH + timedelta(minutes=20)
TRIGGER = TriggerRef(trigger_id=UUID(int=9), kind="cron", occurrence="2026-09-01T00:00")


def queued(id_: UUID, **more: Any) -> e.ExecutionQueued:
    reason = QueueReason(scope="tenant", limit=2, running=2)
    begin = stories.started(id_)
    given = {"source": begin.source, "inputs": begin.inputs, "deadline": begin.deadline, "reason": reason}
    return e.ExecutionQueued(execution_id=id_, priority=begin.priority, weight=1, **(given | more))


def child(id_: UUID, parent: UUID, root: UUID | None = None) -> e.ExecutionStarted:
    above = ParentRef(execution_id=parent, node="sub", attempt=1, root_id=root or parent, depth=1)
    return stories.started(id_).model_copy(update={"parent": above})


def forked(id_: UUID, of: UUID) -> e.ExecutionStarted:
    return stories.started(id_).model_copy(update={"fork": ForkRef(execution_id=of, from_node="b")})


def scheduled(id_: UUID, node: str, attempt: int = 1) -> e.StepScheduled:
    return e.StepScheduled(execution_id=id_, node=node, attempt=attempt, kind="noop", due_at=DUE)


def done(id_: UUID, node: str, output: Any = "x", attempt: int = 1, **more: Any) -> e.StepSucceeded:
    return e.StepSucceeded(execution_id=id_, node=node, attempt=attempt, output=output, **more)


def tool(id_: UUID, node: str) -> e.ToolRequested:
    return e.ToolRequested(
        execution_id=id_,
        node=node,
        attempt=1,
        tool=ToolPin(name="search", hash="h"),
        request=BuiltinRequest(name="search", arguments={}),
        safe=True,
        timeout_seconds=5,
        due_at=DUE,
    )


def retrieval(id_: UUID, node: str) -> e.RetrievalRequested:
    at = {"execution_id": id_, "node": node, "attempt": 1, "due_at": DUE}
    return e.RetrievalRequested(query="q", collection="c", top_k=3, **at)


def subworkflow(id_: UUID, node: str, child_id: UUID) -> e.SubworkflowRequested:
    return e.SubworkflowRequested(
        execution_id=id_,
        node=node,
        attempt=1,
        child_id=child_id,
        source=Source(kind="workflow", id=UUID(int=8), version=1, hash="h", name="Inner"),
        inputs={},
        parent=ParentRef(execution_id=id_, node=node, attempt=1, root_id=id_, depth=1),
        priority=5,
        max_cost=None,
        due_at=DUE,
    )


def asked(id_: UUID, node: str, *assignees: str, **more: Any) -> e.ApprovalRequested:
    given: dict[str, Any] = {"purpose": "approval", "escalate_at": None, "escalate_to": (), "attempt": 1}
    form = {"type": "object"}
    return e.ApprovalRequested(
        execution_id=id_,
        node=node,
        message="May we?",
        form=form,
        assignees=assignees,
        due_at=LATER,
        **(given | more),
    )


def escalated(id_: UUID, node: str, *to: str) -> e.ApprovalEscalated:
    return e.ApprovalEscalated(execution_id=id_, node=node, attempt=1, to=to, due_at=LATER)


def answered(id_: UUID, node: str, approved: bool = True) -> e.ApprovalAnswered:
    by = {"approved": approved, "data": {"why": "fine"}, "by": "user:ada"}
    return e.ApprovalAnswered(execution_id=id_, node=node, attempt=1, **by)


def waits(id_: UUID, node: str) -> e.WaitBegun:
    return e.WaitBegun(execution_id=id_, node=node, attempt=1, due_at=DUE, event="paid")


def mapped(id_: UUID, node: str) -> e.MapBegun:
    return e.MapBegun(execution_id=id_, node=node, attempt=1, items=[1, 2], count=2)


def agent(id_: UUID, node: str) -> e.AgentBegun:
    return e.AgentBegun(execution_id=id_, node=node, attempt=1, messages=())


def asks_model(id_: UUID, node: str, attempt: int = 1) -> e.CallRequested:
    requested = stories.requested(stories.call(id_, node, attempt))
    return requested.model_copy(update={"due_at": DUE})


def model_answered(id_: UUID, node: str, attempt: int = 1) -> e.CallCompleted:
    return e.CallCompleted(
        execution_id=id_,
        node=node,
        call=CallRef(execution_id=id_, node=node, attempt=attempt, requested_at=EPOCH),
        usage=Usage(input=3, output=4),
        finish_reason="stop",
        provider_request_id=None,
        latency_ms=12,
        price=Decimal("0.12"),
    )


def call_failed(id_: UUID, node: str) -> e.CallFailed:
    call = stories.call(id_, node)
    return e.CallFailed(execution_id=id_, node=node, call=call, error=stories.failure(), usage=None)


def turned(id_: UUID, node: str, number: int) -> e.AgentTurned:
    calls = (ToolCall(id="1", name="search", arguments="{}"),)
    return e.AgentTurned(execution_id=id_, node=node, round=number, content="Let me look", tool_calls=calls)


def failed(id_: UUID, node: str, attempt: int = 1) -> e.StepFailed:
    return e.StepFailed(execution_id=id_, node=node, attempt=attempt, error=stories.failure())


def retry(id_: UUID, node: str, attempt: int = 2) -> e.StepRetryPlanned:
    error = stories.failure()
    return e.StepRetryPlanned(execution_id=id_, node=node, attempt=attempt, due_at=LATER, error=error)


def put_off(id_: UUID, node: str) -> e.StepPutOff:
    return e.StepPutOff(execution_id=id_, node=node, attempt=1, needed=Decimal(2), left=Decimal(1))


def begun_item(id_: UUID, node: str, index: int) -> e.ItemBegun:
    return e.ItemBegun(execution_id=id_, node=node, index=index)


def failed_item(id_: UUID, node: str, index: int) -> e.ItemFailed:
    return e.ItemFailed(execution_id=id_, node=node, index=index, error=stories.failure())


def cancelled(id_: UUID, forced: bool = False) -> e.ExecutionCancelled:
    return e.ExecutionCancelled(execution_id=id_, reason="enough", by="user:ada", forced=forced)


def broken(id_: UUID) -> e.ExecutionFailed:
    return e.ExecutionFailed(execution_id=id_, error=stories.failure(), node=None)


def of_every_kind(id_: UUID) -> list[Event]:
    """Every event of a run once at least, in an order the engine could give them."""
    return [
        queued(id_),
        stories.started(id_),
        scheduled(id_, "a"),
        retry(id_, "a"),
        scheduled(id_, "a", 2),
        done(id_, "a", attempt=2),
        put_off(id_, "later"),
        done(id_, "pure"),
        done(id_, "old", reused_from=UUID(int=3)),
        e.StepSkipped(execution_id=id_, node="no"),
        mapped(id_, "each"),
        begun_item(id_, "each", 0),
        begun_item(id_, "each", 1),
        tool(id_, "each[0].t"),
        retrieval(id_, "each[1].r"),
        asked(id_, "each[1].q"),
        failed(id_, "each[1].r"),
        failed_item(id_, "each", 1),
        done(id_, "each[0].t"),
        e.ItemSucceeded(execution_id=id_, node="each", index=0, output="x"),
        done(id_, "each", ["x", None]),
        e.LoopBegun(execution_id=id_, node="again", attempt=1, initial=None),
        begun_item(id_, "again", 0),
        *of_an_agent(id_),
        subworkflow(id_, "sub", UUID(int=77)),
        waits(id_, "w"),
        asked(id_, "boss", "ada", escalate_at=DUE, escalate_to=("bob",)),
        escalated(id_, "boss", "bob"),
        e.ExecutionParked(execution_id=id_),
        e.ExecutionPaused(execution_id=id_, reason="user", by="user:ada"),
        e.ExecutionResumed(execution_id=id_, by="user:ada"),
        e.SignalReceived(execution_id=id_, name="paid", payload=1, by="user:ada"),
        done(id_, "w"),
        e.ExecutionWoken(execution_id=id_),
        cancelled(id_),
    ]


def of_an_agent(id_: UUID) -> list[Event]:
    """Two rounds and a tool's use, the second round's outcome lost."""
    return [
        agent(id_, "helper"),
        asks_model(id_, "helper[1]"),
        model_answered(id_, "helper[1]"),
        turned(id_, "helper", 1),
        asked(id_, "helper[1].search_0", purpose="tool"),
        answered(id_, "helper[1].search_0"),
        tool(id_, "helper[1].search_0"),
        done(id_, "helper[1].search_0"),
        asks_model(id_, "helper[2]"),
        e.CallFailed(
            execution_id=id_,
            node="helper[2]",
            call=stories.call(id_, "helper[2]"),
            error=stories.failure(),
            usage=None,
        ),
        asked(id_, "helper[2]", purpose="unknown"),
    ]
