"""Events of a run's steps."""

from projections.executions.batch import Batch
from projections.fold import Handlers
from schemas.base import Event
from schemas.envelope import Recorded
from schemas.execution import events as e

KINDS: dict[type[Event], tuple[str, str]] = {
    e.ToolRequested: ("tool", "requested"),
    e.RetrievalRequested: ("retrieve", "requested"),
    e.SubworkflowRequested: ("subworkflow", "requested"),
    e.WaitBegun: ("wait", "waiting"),
    e.MapBegun: ("map", "running"),
    e.LoopBegun: ("loop", "running"),
    e.AgentBegun: ("agent", "running"),
}
"""What begins with an event, and what is shown of it then."""

Begun = (
    e.ToolRequested
    | e.RetrievalRequested
    | e.SubworkflowRequested
    | e.WaitBegun
    | e.MapBegun
    | e.LoopBegun
    | e.AgentBegun
)


def scheduled(batch: Batch, recorded: Recorded, event: e.StepScheduled) -> None:
    batch.begin(recorded, event, "scheduled", event.kind, due_at=event.due_at)


def call_requested(batch: Batch, recorded: Recorded, event: e.CallRequested) -> None:
    batch.begin(recorded, event, "requested", "llm", model=event.request.model, due_at=event.due_at)


def begun(batch: Batch, recorded: Recorded, event: Begun) -> None:
    kind, status = KINDS[type(event)]
    batch.begin(recorded, event, status, kind, due_at=getattr(event, "due_at", None))


def approval_requested(batch: Batch, recorded: Recorded, event: e.ApprovalRequested) -> None:
    """One about an unknown outcome comes after the attempt: only the step waits."""
    due_at = event.escalate_at or event.due_at
    if event.purpose == "unknown":
        batch.step(recorded, event, status="waiting", due_at=due_at)
    else:
        batch.begin(recorded, event, "waiting", event.purpose, due_at=due_at)


def approval_escalated(batch: Batch, recorded: Recorded, event: e.ApprovalEscalated) -> None:
    batch.step(recorded, event, due_at=event.due_at)


def approval_answered(batch: Batch, recorded: Recorded, event: e.ApprovalAnswered) -> None:
    batch.step(recorded, event, status="answered")


def call_completed(batch: Batch, recorded: Recorded, event: e.CallCompleted) -> None:
    seen = {
        "usage": event.usage,
        "latency_ms": event.latency_ms,
        "finish_reason": event.finish_reason,
        "price": event.price,
    }
    end = {"status": "answered", "ended_at": recorded.recorded_at}
    batch.step(recorded, event, status="answered")
    batch.attempt(recorded, event, event.call.attempt, **end, **seen)


def call_failed(batch: Batch, recorded: Recorded, event: e.CallFailed) -> None:
    end = {"status": "failed", "ended_at": recorded.recorded_at, "error": event.error}
    batch.step(recorded, event, status="answered", error=event.error)
    batch.attempt(recorded, event, event.call.attempt, **end, usage=event.usage, price=event.price)


def item_begun(batch: Batch, recorded: Recorded, event: e.ItemBegun) -> None:
    batch.step(recorded, event, node=item(event), attempt=1, kind="item", status="running")


def item_succeeded(batch: Batch, recorded: Recorded, event: e.ItemSucceeded) -> None:
    """Its output is in that of the map or loop, and in its last step's."""
    end = {"status": "succeeded", "finished_at": recorded.recorded_at}
    batch.step(recorded, event, node=item(event), attempt=1, kind="item", **end)


def item_failed(batch: Batch, recorded: Recorded, event: e.ItemFailed) -> None:
    end = {"status": "failed", "finished_at": recorded.recorded_at, "error": event.error}
    batch.step(recorded, event, node=item(event), attempt=1, kind="item", **end)
    batch.closings.inside(recorded, event.execution_id, item(event))


def item(event: e.ItemBegun | e.ItemSucceeded | e.ItemFailed) -> str:
    return f"{event.node}[{event.index}]"


def agent_turned(batch: Batch, recorded: Recorded, event: e.AgentTurned) -> None:
    end = {"status": "succeeded", "finished_at": recorded.recorded_at, "output": event.content}
    batch.step(recorded, event, node=f"{event.node}[{event.round}]", **end)


def succeeded(batch: Batch, recorded: Recorded, event: e.StepSucceeded) -> None:
    end = {"finished_at": recorded.recorded_at, "output": event.output, "reused_from": event.reused_from}
    batch.step(recorded, event, attempt=event.attempt, status="succeeded", **end)
    batch.attempt(recorded, event, event.attempt, status="succeeded", ended_at=recorded.recorded_at)


def skipped(batch: Batch, recorded: Recorded, event: e.StepSkipped) -> None:
    batch.step(recorded, event, attempt=0, status="skipped", finished_at=recorded.recorded_at)


def retry_planned(batch: Batch, recorded: Recorded, event: e.StepRetryPlanned) -> None:
    planned = {"attempt": event.attempt, "status": "retrying", "due_at": event.due_at}
    batch.step(recorded, event, **planned, error=event.error)
    end = {"status": "failed", "ended_at": recorded.recorded_at, "error": event.error}
    batch.attempt(recorded, event, event.attempt - 1, **end)


def put_off(batch: Batch, recorded: Recorded, event: e.StepPutOff) -> None:
    batch.step(recorded, event, attempt=event.attempt, status="waiting")


def failed(batch: Batch, recorded: Recorded, event: e.StepFailed) -> None:
    end = {"status": "failed", "error": event.error}
    batch.step(recorded, event, attempt=event.attempt, finished_at=recorded.recorded_at, **end)
    batch.attempt(recorded, event, event.attempt, ended_at=recorded.recorded_at, **end)
    batch.closings.inside(recorded, event.execution_id, f"{event.node}[")


ON: Handlers[Batch] = {
    e.StepScheduled: scheduled,
    e.CallRequested: call_requested,
    **dict.fromkeys(KINDS, begun),
    e.ApprovalRequested: approval_requested,
    e.ApprovalEscalated: approval_escalated,
    e.ApprovalAnswered: approval_answered,
    e.CallCompleted: call_completed,
    e.CallFailed: call_failed,
    e.ItemBegun: item_begun,
    e.ItemSucceeded: item_succeeded,
    e.ItemFailed: item_failed,
    e.AgentTurned: agent_turned,
    e.StepSucceeded: succeeded,
    e.StepSkipped: skipped,
    e.StepRetryPlanned: retry_planned,
    e.StepPutOff: put_off,
    e.StepFailed: failed,
}
