"""An agent's conversation: ask, do what it asks for, tell it, ask again, until it answers."""

import json
from datetime import timedelta
from typing import Any

from contexts.execution.calls import Unfit, answer_of, repair_messages, request_call
from contexts.execution.ceilings import NotYet, put_off
from contexts.execution.failing import fail_step, plan_retry
from contexts.execution.paths import Place, container, within
from contexts.execution.problems import StepProblem, text
from contexts.execution.run import Run
from contexts.execution.state import Conversing, Done, Failed, Inner, Leaf, Step, Working
from contexts.execution.tools import request_tool
from schemas.authoring.agents import AgentDefinition
from schemas.authoring.nodes import AgentNode
from schemas.execution import events as e
from schemas.execution.chat import ChatMessage, ToolCall, ToolSpec
from schemas.execution.types import StepError

MAX_USES = 32
"""Tools a model may ask for in one round."""

TOOL_SECONDS = 60.0
APPROVAL_SECONDS = 7 * 86_400.0


def definition_of(run: Run, node: AgentNode) -> AgentDefinition:
    return node.definition or run.release.agents[str(node.agent)]


def begin_agent(run: Run, place: Place, node: AgentNode, attempt: int) -> None:
    values = run.values(place.scope)
    instructions = text(definition_of(run, node).instructions, values)
    parts = (("system", instructions), ("user", text(node.prompt, values)))
    messages = tuple(ChatMessage(role=role, content=content) for role, content in parts if content)
    run.record(e.AgentBegun(execution_id=run.id, node=str(place), attempt=attempt, messages=messages))


def converse(run: Run, place: Place, node: AgentNode) -> None:
    """Takes an open agent as far as it can go now."""
    agent = run.step(place)
    assert isinstance(agent, Conversing)
    if agent.inner.call is None:
        return begin_round(run, place, node)
    if not isinstance(agent.inner.call, Done):
        return None
    for number in range(len(agent.inner.tool_calls)):
        if run.is_open(place) and use_name(run, agent.inner, number) not in agent.inner.steps:
            use_tool(run, Place(within(place, agent.inner.index), use_name(run, agent.inner, number)), node)
    return inform(run, place, node)


def begin_round(run: Run, place: Place, node: AgentNode) -> None:
    agent = run.step(place)
    assert isinstance(agent, Conversing)
    try:
        ask(run, place, node, 1)
    except StepProblem as problem:
        fail_step(run, place, 1, problem.error)
    except NotYet as reason:
        put_off(run, Place(within(place, agent.inner.index), None), 1, reason)


def ask(run: Run, place: Place, node: AgentNode, attempt: int) -> None:
    agent, definition = run.step(place), definition_of(run, node)
    assert isinstance(agent, Conversing)
    if agent.inner.index > definition.max_rounds:
        raise StepProblem("execution.too_many_rounds", f"no answer after {definition.max_rounds} rounds")
    turn = Place(within(place, agent.inner.index), None)
    specs = [spec(run, use.tool) for use in definition.tools]
    request_call(run, turn, definition, agent.messages, attempt, node.timeout_seconds, specs, agent)


def spec(run: Run, name: str) -> ToolSpec:
    tool = run.release.tools[name]
    return ToolSpec(name=name, description=tool.description, parameters=tool.parameters)


def answered(run: Run, turn: Place, node: AgentNode, said: str, tool_calls: tuple[ToolCall, ...]) -> None:
    """The model's answer of a round: it wants tools, or this is it, or it is to say it better."""
    place, agent = container(turn.scope), run.step(container(turn.scope))
    assert isinstance(agent, Conversing) and isinstance(agent.inner.call, Working)
    definition, attempt = definition_of(run, node), agent.inner.call.attempt
    if tool_calls:
        return turned(run, place, agent, said, tool_calls)
    try:
        output = answer_of(definition, said)
    except Unfit as unfit:
        return improve(run, turn, node, said, unfit)
    for where, value in ((turn, said), (place, output)):
        done = e.StepSucceeded(execution_id=run.id, node=str(where), attempt=attempt, output=value)
        run.record(done)
    return None


def turned(run: Run, place: Place, agent: Conversing, said: str, tool_calls: tuple[ToolCall, ...]) -> None:
    if len(tool_calls) > MAX_USES:
        message = f"the model asked for {len(tool_calls)} tools at once; {MAX_USES} are allowed"
        return fail_step(
            run, place, agent.attempt, StepError(code="execution.too_many_tools", message=message)
        )
    return run.record(
        e.AgentTurned(
            execution_id=run.id, node=str(place), round=agent.inner.index, content=said, tool_calls=tool_calls
        )
    )


def improve(run: Run, turn: Place, node: AgentNode, said: str, unfit: Unfit) -> None:
    place = container(turn.scope)
    agent, definition = run.step(place), definition_of(run, node)
    assert isinstance(agent, Conversing) and isinstance(agent.inner.call, Working)
    attempt = agent.inner.call.attempt
    if agent.inner.call.repairs >= definition.repairs:
        return fail_step(run, turn, attempt, unfit_error(unfit))
    if not run.going:
        return plan_retry(run, turn, attempt, unfit_error(unfit), counts=False)
    messages = repair_messages(agent.messages, said, unfit)
    try:
        return request_call(run, turn, definition, messages, attempt + 1, node.timeout_seconds, agent=agent)
    except StepProblem as problem:
        return fail_step(run, place, 1, problem.error)
    except NotYet:
        return plan_retry(run, turn, attempt, unfit_error(unfit), counts=False)


def unfit_error(unfit: Unfit) -> StepError:
    return StepError(code="execution.answer_unfit", message=str(unfit), error_class="invalid_output")


def use_name(run: Run, inner: Inner, number: int) -> str:
    name = inner.tool_calls[number].name
    return f"{name if name in run.release.tools else 'unknown'}_{number}"


def use_tool(run: Run, place: Place, node: AgentNode) -> None:
    """Begins a tool's use, or asks a person first. What cannot be done is told to the model."""
    call = call_of(run, place)
    allowed = {use.tool: use for use in definition_of(run, node).tools}
    if call.name not in allowed:
        return fail_step(
            run, place, 1, StepError(code="execution.unknown_tool", message=f"no tool {call.name!r}")
        )
    if allowed[call.name].approval:
        return ask_person(run, place, call)
    return begin_use(run, place, 1)


def begin_use(run: Run, place: Place, attempt: int) -> None:
    call = call_of(run, place)
    try:
        request_tool(run, place, call.name, arguments_of(call), TOOL_SECONDS, attempt)
    except StepProblem as problem:
        fail_step(run, place, attempt, problem.error)


def call_of(run: Run, place: Place) -> ToolCall:
    inner = run.scope(place.scope)
    assert isinstance(inner, Inner) and place.name
    return inner.tool_calls[int(place.name.rpartition("_")[2])]


def arguments_of(call: ToolCall) -> dict[str, Any]:
    try:
        arguments = json.loads(call.arguments or "{}")
    except ValueError as error:
        raise StepProblem("execution.invalid_arguments", f"the arguments are no JSON: {error}") from error
    if not isinstance(arguments, dict):
        raise StepProblem("execution.invalid_arguments", "the arguments are no JSON object")
    return arguments


def ask_person(run: Run, place: Place, call: ToolCall) -> None:
    run.record(
        e.ApprovalRequested(
            execution_id=run.id,
            node=str(place),
            attempt=1,
            purpose="tool",
            message=f"May the tool {call.name!r} be used with {call.arguments[:2_000]}?",
            form=None,
            assignees=(),
            due_at=run.now + timedelta(seconds=APPROVAL_SECONDS),
            escalate_at=None,
            escalate_to=(),
        )
    )


def inform(run: Run, place: Place, node: AgentNode) -> None:
    """When all tools of a round have ended, the model is told and asked again."""
    agent = run.step(place)
    assert isinstance(agent, Conversing)
    inner = agent.inner
    ended = [inner.steps.get(use_name(run, inner, number)) for number in range(len(inner.tool_calls))]
    if not all(isinstance(step, Done | Failed) for step in ended):
        return
    results = tuple(
        ChatMessage(role="tool", content=told(step), tool_call_id=call.id)
        for call, step in zip(inner.tool_calls, ended, strict=True)
    )
    run.record(e.AgentInformed(execution_id=run.id, node=str(place), round=inner.index, results=results))
    begin_round(run, place, node)


def told(step: Step | Leaf | None) -> str:
    if isinstance(step, Failed):
        return json.dumps({"error": {"code": step.error.code, "message": step.error.message}})
    assert isinstance(step, Done)
    return step.output if isinstance(step.output, str) else json.dumps(step.output, ensure_ascii=False)
