"""What an attempt was given, from the event it began with: all templates filled in, secrets by name only."""

from collections.abc import Callable, Sequence
from typing import Any

from schemas.base import Event
from schemas.execution import events as e
from schemas.execution.chat import ChatMessage
from schemas.execution.types import HttpRequest


def inputs_of(event: Event | None) -> Any:
    """Large values in it are marks, as they are in the event. None: it was given nothing."""
    tell = INPUTS.get(type(event)) if event else None
    return tell(event) if tell else None


def of_call(event: e.CallRequested) -> Any:
    return {"messages": messages(event.request.messages)}


def of_agent(event: e.AgentBegun) -> Any:
    return {"messages": messages(event.messages)}


def messages(said: Sequence[ChatMessage]) -> list[dict[str, Any]]:
    return [message.model_dump(mode="json", exclude_defaults=True) for message in said]


def of_tool(event: e.ToolRequested) -> Any:
    """Of an HTTP tool the arguments stand where its templates put them: in the request."""
    request = event.request
    if isinstance(request, HttpRequest):
        return {"tool": event.tool.name, "request": request.model_dump(mode="json")}
    return {"tool": event.tool.name, "arguments": request.arguments}


def of_retrieval(event: e.RetrievalRequested) -> Any:
    return {"query": event.query, "collection": event.collection, "top_k": event.top_k}


def of_subworkflow(event: e.SubworkflowRequested) -> Any:
    return {"job_id": str(event.child_id), "inputs": event.inputs}


def of_approval(event: e.ApprovalRequested) -> Any:
    return {"message": event.message, "form": event.form, "assignees": list(event.assignees)}


def of_wait(event: e.WaitBegun) -> Any:
    return {"event": event.event, "until": event.due_at.isoformat()}


def of_map(event: e.MapBegun) -> Any:
    return {"items": event.items}


def of_loop(event: e.LoopBegun) -> Any:
    return {"initial": event.initial}


INPUTS: dict[type[Event], Callable[[Any], Any]] = {
    e.CallRequested: of_call,
    e.AgentBegun: of_agent,
    e.ToolRequested: of_tool,
    e.RetrievalRequested: of_retrieval,
    e.SubworkflowRequested: of_subworkflow,
    e.ApprovalRequested: of_approval,
    e.WaitBegun: of_wait,
    e.MapBegun: of_map,
    e.LoopBegun: of_loop,
}
