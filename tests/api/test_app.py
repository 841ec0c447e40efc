"""The app as a server runs it: parts opened at start, a real socket, a real client."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.parts import Deps
from schemas.execution.events import ExecutionSucceeded
from tests.api.fakes import parse_sse
from tests.api.world import AGENT, World, problem


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="on"))
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn offers no event
        await asyncio.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await running


@pytest.fixture
async def url(world: World) -> AsyncIterator[str]:
    opened: list[str] = []

    @asynccontextmanager
    async def open_deps() -> AsyncIterator[Deps]:
        opened.append("open")
        yield world.app.state.deps
        opened.append("closed")

    app = create_app(open_deps)
    assert opened == []
    async with serving(app) as address:
        assert opened == ["open"]
        yield address
    assert opened == ["open", "closed"]


def client(world: World, url: str) -> httpx2.AsyncClient:
    token = world.tokens.issue(world.anna)
    return httpx2.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {token}"})


async def test_a_run_is_started_and_followed_over_a_socket(world: World, url: str) -> None:
    async with client(world, url) as anna:
        agent_id = (await anna.post("/agents", json=AGENT)).json()["id"]
        job = (await anna.post(f"/agents/{agent_id}/execute", json={"message": "x"})).json()
        async with anna.stream("GET", job["links"]["stream"]) as response:
            chunks = response.aiter_text()
            text = ""
            while "started" not in text:
                text += await anext(chunks)
            event = ExecutionSucceeded(execution_id=job["job_id"], output="done")
            world.reads.record(f"execution-{job['job_id']}", world.tenant, event)
            text += "".join([chunk async for chunk in chunks])
    frames = parse_sse(text)
    assert [json.loads(frame["data"])["position"] for frame in frames] == [1, 2]


async def test_leaving_a_stream_ends_its_subscription(world: World, url: str) -> None:
    async with client(world, url) as anna:
        agent_id = (await anna.post("/agents", json=AGENT)).json()["id"]
        job = (await anna.post(f"/agents/{agent_id}/execute", json={"message": "x"})).json()
        async with anna.stream("GET", job["links"]["stream"]) as response:
            await anext(response.aiter_text())
            assert len(world.live.listening) == 1
    for _ in range(100):
        if not world.live.listening:
            break
        await asyncio.sleep(0.01)
    assert world.live.listening == []


async def test_a_body_in_chunks_is_cut_off_at_the_limit(world: World, url: str) -> None:
    async def body() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 65_536

    async with client(world, url) as anna:
        problem(await anna.post("/agents", content=body()), 413, "request.too_large")
        problem(await anna.post("/agents", content=b"x" * 5_000_000), 413, "request.too_large")
        assert (await anna.get("/agents")).status_code == 200
