"""What is to happen next in a run: pure nodes are computed on the spot, others are scheduled."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from contexts.graph import parents_of
from contexts.templates import TemplateError, Values, render
from schemas.authoring.definition import WorkflowDefinition
from schemas.authoring.nodes import LlmNode, Node, TemplateNode
from schemas.base import Event
from schemas.execution.chat import ChatMessage, ChatRequest
from schemas.execution.events import (
    CallRequested,
    ExecutionFailed,
    ExecutionSucceeded,
    StepFailed,
    StepScheduled,
    StepSucceeded,
)
from schemas.execution.types import CallRef, StepError

BYTES_PER_TOKEN_AT_LEAST = 1
"""No tokenizer makes more tokens than bytes, so the bytes of a prompt bound its input tokens."""

TOKENS_PER_MESSAGE = 16
"""Room for what a provider adds around each message."""


@dataclass(frozen=True, slots=True)
class Run:
    """What planning needs to know: outputs of finished steps, and which steps have begun."""

    execution_id: UUID
    definition: WorkflowDefinition
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    begun: frozenset[str]
    now: datetime


class NodeFailed(Exception):
    def __init__(self, node: str, error: TemplateError) -> None:
        super().__init__(str(error))
        self.node = node
        self.step_error = StepError(code="execution.template_failed", message=str(error))


def advance(run: Run) -> list[Event]:
    """Events that take the run as far as it can go without anything from outside."""
    outputs, begun, events = dict(run.outputs), set(run.begun), list[Event]()
    try:
        while ready := runnable(run.definition, outputs, begun):
            for node in ready:
                begun.add(node.id)
                event = begin(run, node, outputs, attempt=1)
                if isinstance(event, StepSucceeded):
                    outputs[node.id] = event.output
                events.append(event)
        if len(outputs) == len(run.definition.nodes):
            events.append(succeed(run, outputs))
    except NodeFailed as failed:
        # A run that ends begins nothing any more: its calls would cost money for nobody.
        done = [event for event in events if isinstance(event, StepSucceeded)]
        return [*done, *failure(run.execution_id, failed)]
    return events


def runnable(definition: WorkflowDefinition, outputs: Mapping[str, Any], begun: set[str]) -> list[Node]:
    """Nodes not begun whose parents are all done, in the order they are written."""
    parents = parents_of([(edge.source, edge.target) for edge in definition.edges])
    return [
        node
        for node in definition.nodes
        if node.id not in begun and parents.get(node.id, set()) <= outputs.keys()
    ]


def begin(run: Run, node: Node, outputs: Mapping[str, Any], attempt: int) -> Event:
    if isinstance(node, TemplateNode):
        output = fill(node.id, node.template, run, outputs)
        return StepSucceeded(execution_id=run.execution_id, node=node.id, attempt=attempt, output=output)
    if isinstance(node, LlmNode):
        return request_call(run, node, outputs, attempt)
    return StepScheduled(execution_id=run.execution_id, node=node.id, attempt=attempt, kind=node.type)


def request_call(run: Run, node: LlmNode, outputs: Mapping[str, Any], attempt: int) -> CallRequested:
    parts = (("system", node.system), ("user", node.prompt))
    messages = tuple(
        ChatMessage(role=role, content=fill(node.id, text, run, outputs)) for role, text in parts if text
    )
    request = ChatRequest(
        model=node.model,
        messages=messages,
        max_output_tokens=node.max_output_tokens,
        temperature=node.temperature,
        timeout_seconds=node.timeout_seconds,
    )
    call = CallRef(execution_id=run.execution_id, node=node.id, attempt=attempt, requested_at=run.now)
    return CallRequested(
        execution_id=run.execution_id,
        node=node.id,
        attempt=attempt,
        call=call,
        request=request,
        max_input_tokens=most_input_tokens(messages),
    )


def most_input_tokens(messages: Iterable[ChatMessage]) -> int:
    return sum(
        len(message.content.encode()) * BYTES_PER_TOKEN_AT_LEAST + TOKENS_PER_MESSAGE for message in messages
    )


def succeed(run: Run, outputs: Mapping[str, Any]) -> ExecutionSucceeded:
    output = fill("", run.definition.output, run, outputs)
    return ExecutionSucceeded(execution_id=run.execution_id, output=output)


def fill(node: str, template: str, run: Run, outputs: Mapping[str, Any]) -> str:
    try:
        return render(template, Values(run.inputs, outputs))
    except TemplateError as error:
        raise NodeFailed(node, error) from error


def failure(execution_id: UUID, failed: NodeFailed) -> list[Event]:
    end = ExecutionFailed(execution_id=execution_id, error=failed.step_error, node=failed.node or None)
    if not failed.node:
        return [end]
    step = StepFailed(execution_id=execution_id, node=failed.node, attempt=1, error=failed.step_error)
    return [step, end]
