"""CPU per model call of our adapter and of the clients it could be built on.

The server answers without delay, in another process. The other clients are no dependencies of ours:
`uv pip install openai "pydantic-ai-slim[openai]"` first.

`python -m tests.benchmarks.provider_clients [--calls N] [--in-flight N] [--tokens N] [--uvloop]`
"""

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from typing import Any

import httpx2
import uvloop
from openai import AsyncOpenAI

from infra.providers.catalog import Catalog, chat_model
from schemas.execution.chat import ChatMessage, ChatRequest

Call = Callable[[], Awaitable[object]]
Clients = dict[str, Call]


@contextmanager
def server() -> Iterator[str]:
    command = [sys.executable, "-m", "tests.support.scripted_llm"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield process.stdout.readline().strip()
        process.terminate()


def pydantic_ai_clients(client: AsyncOpenAI, prompt: str) -> Clients:
    from pydantic_ai.direct import model_request, model_request_stream
    from pydantic_ai.messages import ModelRequest
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    model = OpenAIChatModel("m", provider=OpenAIProvider(openai_client=client))
    messages: Any = [ModelRequest.user_text_prompt(prompt)]

    async def stream() -> object:
        async with model_request_stream(model, messages) as events:
            async for _ in events:
                pass
            return events.get().usage

    async def plain() -> object:
        return (await model_request(model, messages)).usage

    return {"pydantic-ai plain": plain, "pydantic-ai stream": stream}


def openai_clients(client: AsyncOpenAI, prompt: str) -> Clients:
    messages: Any = [{"role": "user", "content": prompt}]

    async def stream() -> object:
        chunks = await client.chat.completions.create(
            model="m", messages=messages, stream=True, stream_options={"include_usage": True}
        )
        return [chunk.usage async for chunk in chunks][-1]

    async def plain() -> object:
        return (await client.chat.completions.create(model="m", messages=messages)).usage

    async def raw_stream() -> object:
        async with client.chat.completions.with_streaming_response.create(
            model="m", messages=messages, stream=True, stream_options={"include_usage": True}
        ) as response:
            lines = [line[6:] async for line in response.iter_lines() if line.startswith("data: {")]
        return [json.loads(line) for line in lines][-1]["usage"]

    return {"openai plain": plain, "openai stream": stream, "openai raw stream": raw_stream}


def bare_clients(client: httpx2.AsyncClient, path: str, prompt: str) -> Clients:
    body = {"model": "m", "messages": [{"role": "user", "content": prompt}]}

    async def stream() -> object:
        asked = body | {"stream": True, "stream_options": {"include_usage": True}}
        async with client.stream("POST", path, json=asked) as response:
            lines = [line[6:] async for line in response.aiter_lines() if line.startswith("data: {")]
        return [json.loads(line) for line in lines][-1]["usage"]

    async def plain() -> object:
        return json.loads((await client.post(path, json=body)).content)["usage"]

    return {"httpx2 plain": plain, "httpx2 stream": stream}


def our_clients(catalog: Catalog, prompt: str) -> Clients:
    message = ChatMessage(role="user", content=prompt)
    request = ChatRequest(model="local/m", messages=(message,), max_output_tokens=1000, timeout_seconds=60)

    async def drop(_: str) -> None:
        pass

    async def stream() -> object:
        return await catalog.complete(request, drop)

    async def plain() -> object:
        return await catalog.complete(request, None)

    return {"ours plain": plain, "ours stream": stream}


@asynccontextmanager
async def clients(url: str, prompt: str) -> AsyncIterator[Clients]:
    path = url + "/v1/chat/completions"
    async with (
        AsyncOpenAI(base_url=url + "/v1", api_key="x", max_retries=0) as sdk,
        httpx2.AsyncClient() as bare,
        aclosing(chat_model(None, None, url)) as catalog,
    ):
        sdks = pydantic_ai_clients(sdk, prompt) | openai_clients(sdk, prompt)
        yield sdks | bare_clients(bare, path, prompt) | our_clients(catalog, prompt)


async def measure(call: Call, calls: int, in_flight: int) -> tuple[float, float]:
    """Calls per second, and microseconds of this process's CPU per call."""

    async def lane() -> None:
        for _ in range(calls // in_flight):
            await call()

    await call()
    wall, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(lane() for _ in range(in_flight)))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return calls / wall, cpu / calls * 1e6


async def main(calls: int, in_flight: int, tokens: int) -> None:
    with server() as url:
        async with clients(url, "word " * (tokens - 2) + "end") as by_name:
            for name, call in by_name.items():
                rate, cpu = await measure(call, calls, in_flight)
                print(f"{name:20} {rate:7.0f} calls/s {cpu:7.0f} us CPU/call", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1600)
    parser.add_argument("--in-flight", type=int, default=16)
    parser.add_argument("--tokens", type=int, default=10)
    parser.add_argument("--uvloop", action="store_true")
    asked = parser.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop if asked.uvloop else None) as runner:
        runner.run(main(asked.calls, asked.in_flight, asked.tokens))
