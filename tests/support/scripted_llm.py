"""An OpenAI-compatible server that answers as scripted. `python -m tests.support.scripted_llm --port N`

Raw asyncio, so that a benchmark measures the client and not this. `POST /_script`
`{"model": "m", "behaviours": [{...}]}` queues answers, the last one stays; `GET /_calls` tells
what came in; `POST /_reset` forgets both.
"""

import argparse
import asyncio
import json
import logging
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from tests.support.llm_script import (
    PRESETS,
    REQUEST_ID,
    Behaviour,
    chunks,
    completion,
    error_body,
    error_event,
)

REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 429: "Too Many Requests"}
JSON_TYPE = "application/json"


class Cut(Exception):
    """The connection is to be dropped here."""


@dataclass
class ScriptedLlm:
    url: str = ""
    calls: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    connections: int = 0
    queues: dict[str, deque[Behaviour]] = field(default_factory=lambda: defaultdict(deque))

    def script(self, model: str, *behaviours: Behaviour) -> None:
        self.queues[model] = deque(behaviours)

    def count(self, model: str) -> int:
        return sum(call["model"] == model for call in self.calls)

    def reset(self) -> None:
        self.calls.clear()
        self.keys.clear()
        self.queues.clear()

    def behaviour_of(self, request: dict[str, Any]) -> Behaviour:
        return self.next_behaviour(request["model"])

    def next_behaviour(self, model: str) -> Behaviour:
        queue = self.queues.get(model)
        if not queue:
            return PRESETS.get(model, Behaviour())
        return queue.popleft() if len(queue) > 1 else queue[0]


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


async def read_request(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = head[0].split(" ")
    pairs = (line.split(":", 1) for line in head[1:] if line)
    headers = {name.lower(): value.strip() for name, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, path, headers, body)


def response(status: int, body: bytes, extra: tuple[str, ...] = ()) -> bytes:
    lines = [
        f"HTTP/1.1 {status} {REASONS.get(status, 'Error')}",
        f"content-type: {JSON_TYPE}",
        f"content-length: {len(body)}",
        f"x-request-id: {REQUEST_ID}",
        *extra,
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


STREAM_HEAD = (
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n"
    f"x-request-id: {REQUEST_ID}\r\n\r\n"
).encode()


async def stream(behaviour: Behaviour, request: dict[str, Any], writer: asyncio.StreamWriter) -> None:
    writer.write(STREAM_HEAD)
    for n, event in enumerate(chunks(behaviour, request)):
        if n == behaviour.error_after:
            event = error_event(behaviour)
        await pause_or_cut(behaviour, n, writer)
        writer.write(b"%x\r\n%s\r\n" % (len(event), event))
        if n == behaviour.error_after:
            break
    else:
        writer.write(b"e\r\ndata: [DONE]\n\n\r\n")
    writer.write(b"0\r\n\r\n")


async def pause_or_cut(behaviour: Behaviour, n: int, writer: asyncio.StreamWriter) -> None:
    if n == behaviour.cut_after:
        await writer.drain()
        raise Cut
    if n == behaviour.hang_after:
        await asyncio.Event().wait()
    if behaviour.chunk_delay_ms:
        await writer.drain()
        await asyncio.sleep(behaviour.chunk_delay_ms / 1000)


async def answer_chat(llm: ScriptedLlm, http: Request, writer: asyncio.StreamWriter) -> None:
    request = json.loads(http.body)
    llm.calls.append(request)
    llm.keys.append(http.headers.get("authorization", "").removeprefix("Bearer "))
    behaviour = llm.behaviour_of(request)
    if behaviour.delay_ms:
        await asyncio.sleep(behaviour.delay_ms / 1000)
    if behaviour.status != 200:
        extra = (f"retry-after: {behaviour.retry_after}",) if behaviour.retry_after else ()
        writer.write(response(behaviour.status, error_body(behaviour), extra))
    elif behaviour.garbage:
        writer.write(garbage(bool(request.get("stream"))))
    elif request.get("stream"):
        await stream(behaviour, request, writer)
    else:
        await pause_or_cut(behaviour, 0 if behaviour.cut_after is None else behaviour.cut_after, writer)
        writer.write(response(200, completion(behaviour, request)))


def garbage(streaming: bool) -> bytes:
    if not streaming:
        return response(200, b'{"choices": [{"mess')
    event = b'data: {"choices": [{"del\n\n'
    return STREAM_HEAD + b"%x\r\n%s\r\n0\r\n\r\n" % (len(event), event)


def answer_control(llm: ScriptedLlm, http: Request) -> bytes:
    match http.method, http.path:
        case "POST", "/_script":
            script = json.loads(http.body)
            llm.script(script["model"], *(Behaviour(**b) for b in script["behaviours"]))
            return response(200, b"{}")
        case "POST", "/_reset":
            llm.reset()
            return response(200, b"{}")
        case "GET", "/_calls":
            by_model = Counter(call["model"] for call in llm.calls)
            told = {"total": len(llm.calls), "by_model": by_model, "connections": llm.connections}
            return response(200, json.dumps(told | {"calls": llm.calls[-1000:]}).encode())
    return response(404, b'{"error": {"message": "no such path"}}')


async def serve_connection(
    llm: ScriptedLlm, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    llm.connections += 1
    with suppress(Cut, ConnectionError, asyncio.IncompleteReadError):
        while True:
            http = await read_request(reader)
            if http.path == "/v1/chat/completions":
                await answer_chat(llm, http, writer)
            else:
                writer.write(answer_control(llm, http))
            await writer.drain()
    writer.close()


@asynccontextmanager
async def scripted_llm_server(port: int = 0, llm: ScriptedLlm | None = None) -> AsyncIterator[ScriptedLlm]:
    llm = llm or ScriptedLlm()
    open_connections: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(serve_connection(llm, reader, writer))
        open_connections.add(task)
        task.add_done_callback(open_connections.discard)
        task.add_done_callback(lambda _: writer.close())

    server = await asyncio.start_server(accept, "127.0.0.1", port)
    llm.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield llm
    finally:
        server.close()
        for task in open_connections:
            task.cancel()
        await asyncio.gather(*open_connections, return_exceptions=True)


async def main(port: int) -> None:
    async with scripted_llm_server(port) as llm:
        print(llm.url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    # A killed client is no news here.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    with suppress(KeyboardInterrupt):
        asyncio.run(main(parser.parse_args().port))
