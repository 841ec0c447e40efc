"""Token usage: the provider's report as a partition, or our own estimate."""

import json
from collections.abc import Iterator
from itertools import islice
from math import ceil
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from schemas.execution.chat import ChatRequest, Usage

BYTES_PER_TOKEN = 4


UNITS = ("tokens", "requests", "searches", "images", "seconds", "characters")
"""How a count that may cost something is named."""

SAID_ELSEWHERE = {
    "prompt_cache_hit_tokens",
    "prompt_cache_miss_tokens",
    "prompt_tokens_details.text_tokens",
    "completion_tokens_details.text_tokens",
    "completion_tokens_details.accepted_prediction_tokens",
    "completion_tokens_details.rejected_prediction_tokens",
}
"""Counts that cost what the class they are part of costs, or that repeat another."""

MOST_UNPLACED = 10


class _Counts(BaseModel):
    model_config = ConfigDict(extra="allow")


class _InputDetails(_Counts):
    cached_tokens: int | None = Field(default=None, ge=0)
    cache_write_tokens: int | None = Field(default=None, ge=0)


class _OutputDetails(_Counts):
    reasoning_tokens: int | None = Field(default=None, ge=0)


class _Report(_Counts):
    prompt_tokens: int = Field(ge=0)
    completion_tokens: int = Field(ge=0)
    total_tokens: int | None = None
    prompt_tokens_details: _InputDetails | None = None
    completion_tokens_details: _OutputDetails | None = None
    images: int = Field(default=0, ge=0)
    seconds: float = Field(default=0, ge=0, allow_inf_nan=False)


def reported(raw: Any) -> Usage | None:
    """None when the report is missing, unreadable or all zero: a call is never free by mistake."""
    try:
        report = _Report.model_validate(raw)
    except ValidationError:
        return None
    usage = _partition(report)
    odd = tuple(line[:120] for line in islice(_unplaced(report, usage), MOST_UNPLACED))
    return usage.model_copy(update={"unplaced": odd}) if _counted(usage) or odd else None


def _counted(usage: Usage) -> bool:
    return bool(usage.total or usage.images or usage.audio_ms)


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
        images=report.images,
        audio_ms=ceil(report.seconds * 1000),
    )


def _reasoning_is_apart(report: _Report, reasoning: int) -> bool:
    """Some providers count reasoning beside completion_tokens; only their total tells."""
    return report.total_tokens == report.prompt_tokens + report.completion_tokens + reasoning


def _unplaced(report: _Report, usage: Usage) -> Iterator[str]:
    """What the provider counted and we have no class for, and a total our classes do not sum to."""
    for place, counts in _levels(report):
        for name, count in (counts.model_extra or {}).items():
            if _may_cost(name, count) and place + name not in SAID_ELSEWHERE:
                yield f"{place}{name}={count}"
    told = report.total_tokens
    if told is None:
        told = report.prompt_tokens + report.completion_tokens
    if usage.total != told:
        yield f"total_tokens={told}, classes={usage.total}"


def _levels(report: _Report) -> Iterator[tuple[str, _Counts]]:
    yield "", report
    for name in ("prompt_tokens_details", "completion_tokens_details"):
        if details := getattr(report, name):
            yield f"{name}.", details


def _may_cost(name: str, count: Any) -> bool:
    return name.endswith(UNITS) and isinstance(count, int | float) and count > 0


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
