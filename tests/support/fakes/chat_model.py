"""A ChatModel in memory, scripted like the server. It passes the same conformance suite."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from math import ceil

from contexts.execution.ports import Aborted, ErrorClass, OnDelta, ProviderError
from schemas.execution.chat import ChatRequest, ChatResult, FinishReason, ToolCall, Usage
from schemas.execution.provider_error import ABORTED
from tests.support.llm_script import REQUEST_ID, Behaviour, words

ERRORS: dict[int, ErrorClass] = {
    400: "bad_request",
    401: "unauthorized",
    429: "rate_limited",
    500: "overloaded",
}
RETRYABLE = {"rate_limited", "overloaded"}


@dataclass
class Seen:
    """What came of a streamed answer so far."""

    accepted: bool = False
    said: str = ""

    def usage(self, request: ChatRequest) -> Usage | None:
        return _metered(request, self.said) if self.accepted else None


class FakeChatModel:
    """Answers by queue per model, the last behaviour stays; without one it echoes."""

    def __init__(self) -> None:
        self.calls: list[ChatRequest] = []
        self._queues: dict[str, list[Behaviour]] = defaultdict(list)

    def script(self, model: str, *behaviours: Behaviour) -> None:
        self._queues[model] = list(behaviours)

    def count(self, model: str) -> int:
        return sum(call.model == model for call in self.calls)

    async def complete(self, request: ChatRequest, on_delta: OnDelta | None) -> ChatResult:
        self.calls.append(request)
        behaviour = self._next(request.model)
        text = "" if behaviour.tool_calls else _text(behaviour, request)
        limit, seen = asyncio.timeout(request.timeout_seconds), Seen()
        try:
            async with limit:
                await _act(behaviour, request, text, on_delta, seen)
        except TimeoutError:
            if not limit.expired():
                raise
            raise _broken_off("timeout", request, seen) from None
        except Aborted:
            raise _broken_off("aborted", request, seen) from None
        except asyncio.CancelledError as cancelled:
            if ABORTED not in cancelled.args:
                raise
            raise _broken_off("aborted", request, seen) from None
        return _result(behaviour, request, text)

    def _next(self, model: str) -> Behaviour:
        queue = self._queues[model] or [Behaviour()]
        return queue.pop(0) if len(queue) > 1 else queue[0]


def _broken_off(error_class: ErrorClass, request: ChatRequest, seen: Seen) -> ProviderError:
    retryable, usage = error_class == "timeout", seen.usage(request)
    return ProviderError(error_class, "broken off", retryable=retryable, observed_usage=usage)


async def _act(
    behaviour: Behaviour, request: ChatRequest, text: str, on_delta: OnDelta | None, seen: Seen
) -> None:
    await asyncio.sleep(behaviour.delay_ms / 1000)
    if behaviour.status != 200:
        raise _refusal(behaviour)
    if on_delta is None:
        await _fail_at(0, behaviour.model_copy(update=_at_once(behaviour)), request, "")
        return
    seen.accepted = True
    # The real stream opens with an empty delta and ends with one that tells why.
    for n, word in enumerate(["", *words(text), ""]):
        await _fail_at(n, behaviour, request, seen.said)
        await asyncio.sleep(behaviour.chunk_delay_ms / 1000)
        seen.said += word
        if word:
            await on_delta(word)


def _at_once(behaviour: Behaviour) -> dict[str, int | None]:
    """A whole answer has no middle to break in: it breaks at its start."""
    broken = {"cut_after": behaviour.cut_after, "hang_after": behaviour.hang_after}
    return {name: None if n is None else 0 for name, n in broken.items()}


async def _fail_at(n: int, behaviour: Behaviour, request: ChatRequest, said: str) -> None:
    if behaviour.garbage:
        usage = _metered(request, said)
        raise ProviderError("unknown", "unreadable", retryable=True, observed_usage=usage)
    if n == behaviour.hang_after:
        await asyncio.Event().wait()
    if n in (behaviour.cut_after, behaviour.error_after):
        raise _cut(request, said, n)


def _cut(request: ChatRequest, said: str, n: int) -> ProviderError:
    if n == 0:
        return ProviderError("connection", "no connection", retryable=True)
    return ProviderError("stream_cut", "cut", retryable=True, observed_usage=_metered(request, said))


def _refusal(behaviour: Behaviour) -> ProviderError:
    error_class = ERRORS.get(behaviour.status, "unknown")
    wait = float(behaviour.retry_after) if behaviour.retry_after else None
    message = f"the provider answered {behaviour.status}"
    return ProviderError(error_class, message, retryable=error_class in RETRYABLE, retry_after=wait)


def _text(behaviour: Behaviour, request: ChatRequest) -> str:
    said = [message.content for message in request.messages if message.role == "user"]
    return behaviour.text if behaviour.text is not None else f"ok: {said[-1] if said else ''}"


def _result(behaviour: Behaviour, request: ChatRequest, text: str) -> ChatResult:
    named = enumerate(behaviour.tool_calls)
    calls = tuple(ToolCall(id=f"call-{n}", name=name, arguments=args) for n, (name, args) in named)
    finish: FinishReason = "tool_calls" if calls else "stop"
    return ChatResult(
        text=text,
        tool_calls=calls,
        usage=_metered(request, text) if behaviour.omit_usage else _reported(behaviour, text),
        finish_reason=finish,
        model=request.model,
        provider_request_id=REQUEST_ID,
    )


def _reported(behaviour: Behaviour, text: str) -> Usage:
    cached = behaviour.cached_tokens + behaviour.cache_write_tokens
    return Usage(
        input=behaviour.input_tokens - cached,
        output=len(words(text)),
        cache_read=behaviour.cached_tokens,
        cache_write=behaviour.cache_write_tokens,
        reasoning=behaviour.reasoning_tokens,
    )


def _metered(request: ChatRequest, text: str) -> Usage:
    asked = sum(len(message.content) for message in request.messages)
    return Usage(input=max(1, ceil(asked / 4)), output=len(text.split()), estimated=True)
