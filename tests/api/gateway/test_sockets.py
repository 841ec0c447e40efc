"""Slow, endless and crooked requests over real sockets to the real server."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from api.gateway import protocol
from api.gateway.deadlines import Seconds
from api.parts import Limits
from tests.api.world import AGENT, World
from tests.support.serving import Served, serving

SHORT = Seconds(body=0.2, answer=0.6, taking=5.0)
HEAD = b"POST /auth/token HTTP/1.1\r\nHost: test\r\nContent-Type: application/x-www-form-urlencoded\r\n"
FORM = b"grant_type=password&username=a@b.example&password=wrong wrong wrong"
CLOSE = b"Connection: close\r\n"


@pytest.fixture
def world() -> World:
    return World(limits=Limits(seconds=SHORT, heartbeat_seconds=0.05))


@pytest.fixture
async def server(world: World) -> AsyncIterator[Served]:
    async with serving(world.app) as served:
        yield served


def told(answer: bytes) -> tuple[int, str]:
    """Status and code of the only answer, which is a problem as all others are."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    assert head.lower().count(b"x-request-id") == 1
    problem: dict[str, Any] = json.loads(body)
    assert int(head.split()[1]) == problem["status"]
    return problem["status"], problem["code"]


async def test_a_body_that_drips_is_not_waited_for(server: Served) -> None:
    drops = [b"x"] * 40
    answer = await server.say(HEAD + b"Content-Length: 1000\r\n\r\n", *drops, pause=0.02)
    assert told(answer) == (408, "request.too_slow")
    assert b"connection: close" in answer.lower()


async def test_a_body_that_never_comes_is_not_waited_for(server: Served) -> None:
    assert told(await server.say(HEAD + b"Content-Length: 10\r\n\r\n")) == (408, "request.too_slow")


async def test_a_body_in_pieces_that_comes_in_time_is_read(server: Served) -> None:
    head = HEAD + CLOSE + f"Content-Length: {len(FORM)}\r\n\r\n".encode()
    answer = await server.say(head, FORM[:20], FORM[20:], pause=0.02)
    assert told(answer) == (401, "auth.invalid_credentials")


async def test_a_request_that_is_not_answered_in_time_is_given_up(world: World, server: Served) -> None:
    async def never(*_: Any) -> None:
        await asyncio.sleep(60)

    world.reads.agents = never  # type: ignore[assignment,method-assign]
    headers = {"Authorization": f"Bearer {world.tokens.issue(world.anna)}"}
    async with httpx2.AsyncClient(base_url=server.url, headers=headers) as anna:
        answer = await anna.get("/agents")
        assert (answer.status_code, answer.json()["code"]) == (503, "service.too_slow")
        assert answer.headers["retry-after"] == "1"
        assert (await anna.get("/workflows")).status_code == 200


async def test_a_stream_lasts_as_long_as_somebody_listens(world: World, server: Served) -> None:
    agent_id = await world.make("/agents", AGENT)
    job_id = await world.make(f"/agents/{agent_id}/execute", {"message": "x"})
    headers = {"Authorization": f"Bearer {world.tokens.issue(world.anna)}"}
    beats = 0
    async with (
        httpx2.AsyncClient(base_url=server.url, headers=headers) as anna,
        anna.stream("GET", f"/executions/{job_id}/stream") as response,
    ):
        began = asyncio.get_running_loop().time()
        async for line in response.aiter_lines():
            beats += line.startswith(": still here")
            if asyncio.get_running_loop().time() - began > SHORT.answer * 1.5:
                break
    assert beats > 5


@pytest.mark.parametrize(
    "lines",
    [
        b"X-Large: " + b"x" * (protocol.HEAD_BYTES + 1) + b"\r\n",
        b"".join(b"X-%d: x\r\n" % number for number in range(protocol.HEAD_LINES + 1)),
        b"".join(b"X-%d: %s\r\n" % (number, b"x" * 1_000) for number in range(50)),
    ],
    ids=["one long line", "many lines", "many bytes"],
)
async def test_a_head_has_an_end(server: Served, lines: bytes) -> None:
    answer = await server.say(b"GET /health/live HTTP/1.1\r\nHost: test\r\n", lines, b"\r\n")
    assert told(answer) == (431, "request.head_too_large")


async def test_a_head_without_end_is_cut_off_while_it_comes(server: Served) -> None:
    pieces = [b"x" * 4_096] * 1_000
    answer = await server.say(b"GET /health/live HTTP/1.1\r\nX-Large: ", *pieces, pause=0.001)
    assert told(answer) == (431, "request.head_too_large")


async def test_a_long_address_is_a_large_head(server: Served) -> None:
    answer = await server.say(b"GET /" + b"x" * 2 * protocol.HEAD_BYTES, b" HTTP/1.1\r\nHost: test\r\n\r\n")
    assert told(answer) == (431, "request.head_too_large")


async def test_headers_that_drip_are_not_waited_for(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.2)
    drops = [b"X-A: b\r\n"] * 40
    answer = await server.say(b"GET /health/live HTTP/1.1\r\nHost: test\r\n", *drops, pause=0.02)
    assert told(answer) == (408, "request.too_slow")
    assert told(await server.say()) == (408, "request.too_slow")


async def test_headers_again_and_again_are_each_in_time(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection may be older than a head may take."""
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.2)
    async with httpx2.AsyncClient(base_url=server.url) as client:
        for _ in range(5):
            assert (await client.get("/health/live")).status_code == 200
            await asyncio.sleep(0.1)


@pytest.mark.parametrize(
    "request_",
    [
        HEAD + b"Content-Length: 5\r\nContent-Length: 50\r\n\r\nhello",
        HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n\r\nhello",
        HEAD + b"Content-Length: -5\r\n\r\n",
        HEAD + b"Content-Length: 5 5\r\n\r\n",
        HEAD + b"Content-Length : 5\r\n\r\nhello",
        HEAD + b"X-A: b\r\n continued: yes\r\n\r\n",
        HEAD + b"X-A: b\x00c\r\n\r\n",
        HEAD + b"X A: b\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /health/live HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01",
    ],
    ids=lambda text: text[-40:].decode("latin-1"),
)
async def test_a_crooked_request_is_refused_and_its_rest_not_read(server: Served, request_: bytes) -> None:
    """What two programs may read in two ways is read in none."""
    second = b"GET /health/live HTTP/1.1\r\nHost: test\r\n\r\n"
    answer = await server.say(request_ + second)
    assert answer.count(b"HTTP/1.1 ") == 1
    assert told(answer) == (400, "request.malformed")


@pytest.mark.parametrize("hop", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
async def test_this_machine_is_no_proxy_unless_we_say_so(world: World, server: Served, hop: str) -> None:
    async with httpx2.AsyncClient(base_url=server.url) as client:
        await client.post("/agents", json=AGENT, headers={hop: "6.6.6.6", "X-Forwarded-Proto": "https"})
    assert world.access.entries[-1].ip == "127.0.0.1"
