"""Any server that speaks OpenAI's chat completions, over one pooled HTTP client.

Not through an SDK: see docs/decisions/0005-provider-client.md for what those cost per token.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

import httpx2
from pydantic import ValidationError

from infra.providers import failures, wire
from infra.providers.answer import Answer
from schemas.execution.chat import ChatRequest, ChatResult
from schemas.execution.provider_error import ABORTED, Aborted

OnDelta = Callable[[str], Awaitable[None]]

MAX_BODY_BYTES = 8_000_000
MAX_ERROR_BYTES = 65_536
LIMITS = httpx2.Limits(max_connections=512, max_keepalive_connections=128, keepalive_expiry=60)
# The total is enforced per request; only a dead host is given up on earlier.
TIMEOUT = httpx2.Timeout(None, connect=10)


class OpenAiCompatible:
    def __init__(
        self,
        base_url: str,
        api_key: str | None,
        *,
        limit_field: str = "max_tokens",
        trust_env: bool = True,
    ) -> None:
        self._secret = api_key
        self._limit_field = limit_field
        self._url = base_url.rstrip("/") + "/chat/completions"
        headers = {"authorization": f"Bearer {api_key}"} if api_key else {}
        self._client = httpx2.AsyncClient(
            headers=headers, limits=LIMITS, timeout=TIMEOUT, trust_env=trust_env
        )

    async def aclose(self) -> None:
        await self._client.aclose()

    async def complete(self, name: str, request: ChatRequest, on_delta: OnDelta | None) -> ChatResult:
        answer = Answer(request)
        limit = asyncio.timeout(request.timeout_seconds)
        try:
            async with limit:
                await self._ask(name, answer, on_delta)
        except TimeoutError:
            if not limit.expired():
                raise
            if not answer.finished:
                usage = answer.observed_usage()
                raise failures.timed_out(request.timeout_seconds, usage) from None
        except httpx2.HTTPError as error:
            if not answer.finished:
                usage = answer.observed_usage()
                raise failures.from_transport(error, answer.accepted, usage) from None
        except Aborted:
            raise failures.aborted(answer.observed_usage()) from None
        except asyncio.CancelledError as cancelled:
            if ABORTED not in cancelled.args:
                raise
            raise failures.aborted(answer.observed_usage()) from None
        return answer.result()

    async def _ask(self, name: str, answer: Answer, on_delta: OnDelta | None) -> None:
        body = wire.body(name, answer.request, self._limit_field, streaming=on_delta is not None)
        async with self._client.stream("POST", self._url, json=body) as response:
            if response.status_code != 200:
                raise failures.from_status(response, await _start_of(response), self._secret)
            answer.accepted = True
            answer.request_id = response.headers.get("x-request-id")
            if on_delta is None:
                self._take(answer, await _whole(response, answer))
            else:
                await self._read_stream(response, answer, on_delta)

    async def _read_stream(self, response: httpx2.Response, answer: Answer, on_delta: OnDelta) -> None:
        async with aclosing(_events(response, answer)) as events:
            async for event in events:
                text = self._take(answer, event)
                if text:
                    await on_delta(text)
                if answer.full:
                    return
        if not answer.finished:
            raise failures.stream_cut(answer.usage())

    def _take(self, answer: Answer, data: bytes) -> str:
        try:
            part = wire.WireAnswer.model_validate_json(data)
        except ValidationError:
            raise failures.unreadable(answer.usage()) from None
        if part.error is not None:
            raise failures.stream_cut(answer.usage(), failures.detail(part.error, self._secret))
        return answer.take(part)


async def _events(response: httpx2.Response, answer: Answer) -> AsyncGenerator[bytes, None]:
    """The data of each server-sent event. Reads to the end, so that the connection is kept."""
    rest, size = b"", 0
    async for block in response.aiter_bytes():
        size += len(block)
        if size > MAX_BODY_BYTES:
            raise failures.unreadable(answer.usage())
        *lines, rest = (rest + block).split(b"\n")
        for line in lines:
            data = _data(line)
            if data:
                yield data
    if data := _data(rest):
        yield data


def _data(line: bytes) -> bytes:
    if not line.startswith(b"data:"):
        return b""
    data = line[5:].strip()
    return b"" if data == b"[DONE]" else data


async def _whole(response: httpx2.Response, answer: Answer) -> bytes:
    blocks, size = [], 0
    async for block in response.aiter_bytes():
        size += len(block)
        if size > MAX_BODY_BYTES:
            raise failures.unreadable(answer.usage())
        blocks.append(block)
    return b"".join(blocks)


async def _start_of(response: httpx2.Response) -> bytes:
    blocks, size = [], 0
    async for block in response.aiter_bytes():
        blocks.append(block)
        size += len(block)
        if size >= MAX_ERROR_BYTES:
            break
    return b"".join(blocks)
