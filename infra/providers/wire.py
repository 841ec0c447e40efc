"""The chat completions format: our request as its body, and the parts of its answers we read."""

from typing import Any

from pydantic import BaseModel

from schemas.execution.chat import ChatMessage, ChatRequest, ToolCall, ToolSpec


class WireFunction(BaseModel):
    name: str | None = None
    arguments: str | None = None


class WireToolCall(BaseModel):
    index: int | None = None
    id: str | None = None
    function: WireFunction = WireFunction()


class WireMessage(BaseModel):
    content: str | None = None
    refusal: str | None = None
    reasoning_content: str | None = None
    tool_calls: tuple[WireToolCall, ...] | None = None


class WireChoice(BaseModel):
    message: WireMessage | None = None
    delta: WireMessage | None = None
    finish_reason: str | None = None


class WireError(BaseModel):
    message: str | None = None
    code: str | int | None = None


class WireAnswer(BaseModel):
    """A whole answer, or one chunk of a streamed one."""

    id: str | None = None
    choices: tuple[WireChoice, ...] = ()
    usage: Any = None
    error: WireError | str | None = None


def body(name: str, request: ChatRequest, limit_field: str, streaming: bool) -> dict[str, Any]:
    asked: dict[str, Any] = {
        "model": name,
        "messages": [_message(message) for message in request.messages],
        limit_field: request.max_output_tokens,
    }
    if request.temperature is not None:
        asked["temperature"] = request.temperature
    if request.tools:
        asked["tools"] = [_tool(tool) for tool in request.tools]
    if request.output_schema:
        asked["response_format"] = _answer_format(request.output_schema)
    if streaming:
        asked |= {"stream": True, "stream_options": {"include_usage": True}}
    return asked


def _answer_format(schema: dict[str, Any]) -> dict[str, Any]:
    """Not strict: that takes a subset of JSON Schema only, and the run checks every answer anyway."""
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}


def _message(message: ChatMessage) -> dict[str, Any]:
    said: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        said["tool_calls"] = [_tool_call(call) for call in message.tool_calls]
    if message.tool_call_id is not None:
        said["tool_call_id"] = message.tool_call_id
    return said


def _tool_call(call: ToolCall) -> dict[str, Any]:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}


def _tool(tool: ToolSpec) -> dict[str, Any]:
    return {"type": "function", "function": tool.model_dump()}
