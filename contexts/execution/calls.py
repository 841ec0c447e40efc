"""Requests to chat models: what is asked, of which model, and whether the answer will do."""

import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from contexts.execution.ceilings import require_room, require_within
from contexts.execution.paths import Place
from contexts.execution.problems import StepProblem, text
from contexts.execution.run import Run
from contexts.execution.state import NOTHING, Conversing, Pausing, PutOff, Working
from contexts.json_schemas import problems as misfits
from schemas.authoring.agents import AgentDefinition
from schemas.authoring.nodes import LlmNode
from schemas.authoring.parts import JsonSchema
from schemas.execution.chat import ChatMessage, ChatRequest, ToolSpec
from schemas.execution.events import CallRequested
from schemas.execution.types import CallRef

BYTES_PER_TOKEN_AT_LEAST = 1
"""No tokenizer makes more tokens than bytes, so the bytes of a prompt bound its input tokens."""

TOKENS_PER_MESSAGE = 16
"""Room for what a provider adds around each message."""

MAX_CONVERSATION_BYTES = 448 * 1024
SHOWN_MISFITS = 5

OVERDUE = timedelta(minutes=6)
"""How long after its own time-out a step's report may come: longer than a hold stays open."""

Asker = LlmNode | AgentDefinition


def messages_of(run: Run, place: Place, node: LlmNode) -> tuple[ChatMessage, ...]:
    values = run.values(place.scope)
    parts = (("system", node.system), ("user", node.prompt))
    return tuple(
        ChatMessage(role=role, content=text(template, values)) for role, template in parts if template
    )


def request_call(
    run: Run,
    place: Place,
    asker: Asker,
    messages: Sequence[ChatMessage],
    attempt: int,
    timeout_seconds: float,
    tools: Sequence[ToolSpec] = (),
    agent: Conversing | None = None,
) -> None:
    """Asks the ledger for the call, if the most it can cost is left of every ceiling there is."""
    request = ChatRequest(
        model=model_for(run, place, asker, attempt),
        messages=tuple(messages),
        max_output_tokens=asker.max_output_tokens,
        temperature=asker.temperature,
        tools=tuple(tools),
        output_schema=asker.output_schema,
        timeout_seconds=timeout_seconds,
    )
    most_input = most_input_tokens(request)
    needed = reserve(run, asker, agent, request, most_input)
    call = CallRef(execution_id=run.id, node=str(place), attempt=attempt, requested_at=run.now)
    run.record(
        CallRequested(
            execution_id=run.id,
            node=str(place),
            attempt=attempt,
            call=call,
            request=request,
            max_input_tokens=most_input,
            due_at=run.now + timedelta(seconds=timeout_seconds) + OVERDUE,
            reserved=needed,
        )
    )


def reserve(
    run: Run, asker: Asker, agent: Conversing | None, request: ChatRequest, most_input: int
) -> Decimal:
    """The most it can cost, which must be left; nothing where nothing is limited."""
    own = asker.max_cost if isinstance(asker, AgentDefinition) else None
    if own is None and run.state.max_cost is None:
        return NOTHING
    needed = run.most_of(request.model, most_input, request.max_output_tokens)
    if agent:
        require_within(own, agent.spent, needed)
    require_room(run, needed)
    return needed


def model_for(run: Run, place: Place, asker: Asker, attempt: int) -> str:
    """After each failed attempt the next of the fallbacks, the last one on; a fork may say otherwise."""
    step = run.step(place)
    unfailed = step.repairs + step.excused if isinstance(step, Working | Pausing | PutOff) else 0
    if isinstance(step, Working):
        unfailed += 1  # The one before was answered, and is asked to say it better.
    first = run.state.fork.models.get(run.node(place).id) if run.state.fork else None
    models = (first or asker.model, *asker.fallback_models)
    return models[min(attempt - 1 - unfailed, len(models) - 1)]


def most_input_tokens(request: ChatRequest) -> int:
    sizes = [len(message.model_dump_json().encode()) for message in request.messages]
    if (total := sum(sizes)) > MAX_CONVERSATION_BYTES:
        raise StepProblem(
            "execution.conversation_too_long", f"{total} bytes; {MAX_CONVERSATION_BYTES} are allowed"
        )
    more = sum(len(tool.model_dump_json().encode()) for tool in request.tools)
    more += len(json.dumps(request.output_schema).encode()) if request.output_schema else 0
    return (total + more) * BYTES_PER_TOKEN_AT_LEAST + len(sizes) * TOKENS_PER_MESSAGE


class Unfit(Exception):
    """An answer that is not what the schema asks for; the message is for the model and for people."""


def answer_of(asker: Asker, said: str) -> Any:
    """The answer as the step's output: the text, or the JSON in it that fits the schema."""
    return structured(asker.output_schema, said) if asker.output_schema else said


def structured(schema: JsonSchema, said: str) -> Any:
    try:
        value = json.loads(unfenced(said))
    except ValueError as error:
        raise Unfit(f"The answer is no JSON: {error}") from error
    if found := misfits(schema, value):
        raise Unfit(f"The answer does not fit its schema: {listed(found)}")
    return value


def unfenced(said: str) -> str:
    """Models like to put JSON between ``` marks."""
    lines = said.strip().splitlines()
    fenced = len(lines) > 1 and lines[0].startswith("```") and lines[-1].startswith("```")
    return "\n".join(lines[1:-1]) if fenced else said


def listed(found: Iterable[tuple[str, str]]) -> str:
    return "; ".join(f"{path or 'value'}: {message}" for path, message in list(found)[:SHOWN_MISFITS])


def repair_messages(asked: Sequence[ChatMessage], said: str, unfit: Unfit) -> tuple[ChatMessage, ...]:
    complaint = f"{unfit} Answer again, with nothing but JSON that fits the schema."
    return (
        *asked,
        ChatMessage(role="assistant", content=said),
        ChatMessage(role="user", content=complaint),
    )
