"""What the scripted model server says: a behaviour, and the bodies it turns into."""

import json
from typing import Any

from pydantic import BaseModel, ConfigDict

REQUEST_ID = "req-scripted-1"


class Behaviour(BaseModel):
    """One answer. Without `text` the last user message is echoed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str | None = None
    delay_ms: float = 0
    chunk_delay_ms: float = 0
    cut_after: int | None = None
    hang_after: int | None = None
    error_after: int | None = None
    status: int = 200
    retry_after: str | None = None
    error_message: str = "scripted failure"
    error_code: str | None = None
    omit_usage: bool = False
    input_tokens: int = 20
    cached_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0
    tool_calls: tuple[tuple[str, str], ...] = ()
    finish_reason: str | None = None
    garbage: bool = False


# A model of one of these names answers so without any control call.
PRESETS = {
    "rate-limited": Behaviour(status=429, retry_after="7"),
    "broken": Behaviour(status=500),
    "refusing": Behaviour(status=400),
    "locked": Behaviour(status=401),
    "slow": Behaviour(delay_ms=200, chunk_delay_ms=20),
    "hanging": Behaviour(hang_after=0),
    "garbage": Behaviour(garbage=True),
    "cut": Behaviour(cut_after=1),
}


def answer_text(behaviour: Behaviour, request: dict[str, Any]) -> str:
    if behaviour.text is not None:
        return behaviour.text
    said = [m.get("content") or "" for m in request["messages"] if m["role"] == "user"]
    return f"ok: {said[-1] if said else ''}"


def words(text: str) -> list[str]:
    """The text in pieces that join to it again; one piece is one token here."""
    return [piece + " " for piece in text.split(" ")[:-1]] + text.split(" ")[-1:]


def usage(behaviour: Behaviour, text: str) -> dict[str, Any]:
    completion = len(words(text)) + behaviour.reasoning_tokens
    return {
        "prompt_tokens": behaviour.input_tokens,
        "completion_tokens": completion,
        "total_tokens": behaviour.input_tokens + completion,
        "prompt_tokens_details": {
            "cached_tokens": behaviour.cached_tokens,
            "cache_write_tokens": behaviour.cache_write_tokens,
        },
        "completion_tokens_details": {"reasoning_tokens": behaviour.reasoning_tokens},
    }


def error_body(behaviour: Behaviour) -> bytes:
    error = {"message": behaviour.error_message, "type": "scripted", "code": behaviour.error_code}
    return json.dumps({"error": error}).encode()


def completion(behaviour: Behaviour, request: dict[str, Any]) -> bytes:
    text = answer_text(behaviour, request)
    message: dict[str, Any] = {"role": "assistant", "content": text}
    if behaviour.tool_calls:
        message |= {"content": None, "tool_calls": _tool_calls(behaviour)}
    choice = {"index": 0, "message": message, "finish_reason": _finish_reason(behaviour)}
    body = _head(request, "chat.completion") | {"choices": [choice]}
    if not behaviour.omit_usage:
        body["usage"] = usage(behaviour, text)
    return json.dumps(body).encode()


def chunks(behaviour: Behaviour, request: dict[str, Any]) -> list[bytes]:
    """The server-sent events before `[DONE]`."""
    text = answer_text(behaviour, request)
    deltas = [{"content": word} for word in words(text)]
    if behaviour.tool_calls:
        deltas = _tool_deltas(behaviour)
    bodies = [_chunk(request, delta, None) for delta in [{"role": "assistant", "content": ""}, *deltas]]
    bodies.append(_chunk(request, {}, _finish_reason(behaviour)))
    if not behaviour.omit_usage and (request.get("stream_options") or {}).get("include_usage"):
        bodies.append(
            _head(request, "chat.completion.chunk") | {"choices": [], "usage": usage(behaviour, text)}
        )
    return [_event(json.dumps(body).encode()) for body in bodies]


def error_event(behaviour: Behaviour) -> bytes:
    return _event(error_body(behaviour))


def _event(data: bytes) -> bytes:
    return b"data: " + data + b"\n\n"


def _head(request: dict[str, Any], kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-scripted", "object": kind, "created": 1700000000, "model": request["model"]}


def _chunk(request: dict[str, Any], delta: dict[str, Any], finish: str | None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return _head(request, "chat.completion.chunk") | {"choices": [choice]}


def _finish_reason(behaviour: Behaviour) -> str:
    return behaviour.finish_reason or ("tool_calls" if behaviour.tool_calls else "stop")


def _tool_calls(behaviour: Behaviour) -> list[dict[str, Any]]:
    return [
        {"id": f"call-{n}", "type": "function", "function": {"name": name, "arguments": arguments}}
        for n, (name, arguments) in enumerate(behaviour.tool_calls)
    ]


def _tool_deltas(behaviour: Behaviour) -> list[dict[str, Any]]:
    """Name first, then the arguments in two halves, as the real interface sends them."""
    deltas = []
    for n, call in enumerate(_tool_calls(behaviour)):
        arguments = call["function"]["arguments"]
        half = len(arguments) // 2
        opening = call | {"index": n, "function": call["function"] | {"arguments": ""}}
        rest = [
            {"index": n, "function": {"arguments": part}} for part in (arguments[:half], arguments[half:])
        ]
        deltas += [{"tool_calls": [delta]} for delta in (opening, *rest)]
    return deltas
