"""Token usage: the provider's report as a partition, or our own estimate."""

import json
from math import ceil
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from schemas.execution.chat import ChatRequest, Usage

BYTES_PER_TOKEN = 4


class _InputDetails(BaseModel):
    cached_tokens: int | None = Field(default=None, ge=0)
    cache_write_tokens: int | None = Field(default=None, ge=0)


class _OutputDetails(BaseModel):
    reasoning_tokens: int | None = Field(default=None, ge=0)


class _Report(BaseModel):
    prompt_tokens: int = Field(ge=0)
    completion_tokens: int = Field(ge=0)
    total_tokens: int | None = None
    prompt_tokens_details: _InputDetails | None = None
    completion_tokens_details: _OutputDetails | None = None


def reported(raw: Any) -> Usage | None:
    """None when the report is missing, unreadable or all zero: a call is never free by mistake."""
    try:
        usage = _partition(_Report.model_validate(raw))
    except ValidationError:
        return None
    return usage if usage.total else None


def _partition(report: _Report) -> Usage:
    cached = report.prompt_tokens_details or _InputDetails()
    cache_read, cache_write = cached.cached_tokens or 0, cached.cache_write_tokens or 0
    reasoning = (report.completion_tokens_details or _OutputDetails()).reasoning_tokens or 0
    counted_inside = 0 if _reasoning_is_apart(report, reasoning) else reasoning
    return Usage(
        input=max(0, report.prompt_tokens - cache_read - cache_write),
        output=max(0, report.completion_tokens - counted_inside),
        cache_read=cache_read,
        cache_write=cache_write,
        reasoning=reasoning,
    )


def _reasoning_is_apart(report: _Report, reasoning: int) -> bool:
    """Some providers count reasoning beside completion_tokens; only their total tells."""
    return report.total_tokens == report.prompt_tokens + report.completion_tokens + reasoning


def estimated(request: ChatRequest, output_bytes: int, reasoning_bytes: int, deltas: int) -> Usage:
    """One token per 4 bytes, and per delta if those are more, because most servers send a token
    per delta. Never more than the request allowed, so an estimate stays within its hold."""
    reasoning = min(tokens(reasoning_bytes), request.max_output_tokens)
    output = min(max(tokens(output_bytes), deltas), request.max_output_tokens - reasoning)
    return Usage(input=max(1, _input_tokens(request)), output=output, reasoning=reasoning, estimated=True)


def tokens(size: int) -> int:
    return ceil(size / BYTES_PER_TOKEN)


def _input_tokens(request: ChatRequest) -> int:
    said = [message.content for message in request.messages]
    called = [call.name + call.arguments for message in request.messages for call in message.tool_calls]
    offered = [tool.name + tool.description + json.dumps(tool.parameters) for tool in request.tools]
    return sum(tokens(len(text.encode())) for text in (*said, *called, *offered))
