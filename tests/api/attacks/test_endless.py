"""Answers without end: they tell what comes later to whom it belongs, and stop when nobody listens."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest

from api.routes import audit
from schemas.envelope import Actor
from tests.api.run import LONGEST_SECONDS
from tests.api.world import World, problem

PATH = "/audit/ledger/stream"


class Listener:
    """Hears an answer piece by piece, as the client of a server would, until it has had enough."""

    def __init__(self, world: World, actor: Actor, query: str) -> None:
        self.status, self.lines = 0, asyncio.Queue[Any]()
        self._gone = asyncio.Event()
        token = world.tokens.issue(actor)
        self._scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": PATH,
            "query_string": query.encode(),
            "headers": [(b"host", b"test"), (b"authorization", f"Bearer {token}".encode())],
            "client": ("127.0.0.1", 1),
            "server": ("test", 80),
        }
        self.task = asyncio.ensure_future(world.app(self._scope, self._receive, self._send))
        self._asked = False

    async def _receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        self.status = message.get("status", self.status)
        for line in message.get("body", b"").splitlines():
            self.lines.put_nowait(json.loads(line))

    async def next(self) -> Any:
        return await asyncio.wait_for(self.lines.get(), LONGEST_SECONDS)

    async def goes(self) -> None:
        self._gone.set()
        await asyncio.wait_for(self.task, LONGEST_SECONDS)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "FOLLOW_SECONDS", 0.005)


@pytest.mark.parametrize("query", ["follow=true", "follow=1&from=0", "from=1&follow=yes"])
async def test_what_comes_later_is_told_to_whom_it_belongs(world: World, query: str) -> None:
    world.audit.seal(world.other_tenant, "theirs:answer:1")
    world.audit.seal(world.tenant, "mine:answer:1")
    listener = Listener(world, world.anna, query)
    assert (await listener.next())["seq"] == 1
    world.audit.seal(world.other_tenant, "theirs:answer:2")
    world.audit.seal(world.tenant, "mine:answer:2")
    assert (await listener.next())["seq"] == 3
    await listener.goes()
    assert listener.status == 200
    assert listener.lines.empty(), "nothing else was told, nor twice"


async def test_who_begins_far_behind_the_end_is_told_nothing(world: World) -> None:
    world.audit.seal(world.tenant, "mine:answer:1")
    listener = Listener(world, world.anna, f"follow=true&from={2**63 - 1}")
    await asyncio.sleep(0.05)
    await listener.goes()
    assert (listener.status, listener.lines.empty()) == (200, True)


@pytest.mark.parametrize(
    "query", ["follow=maybe", "follow=", "follow=true&from=-1", f"follow=true&from={2**63}"]
)
async def test_nonsense_has_an_end(world: World, query: str) -> None:
    world.audit.seal(world.tenant, "mine:answer:1")
    async with world.client(world.anna) as anna:
        problem(await anna.get(f"{PATH}?{query}"), 422, "request.invalid")


async def test_nobody_follows_without_a_right_to(world: World) -> None:
    world.audit.seal(world.tenant, f"mine:{uuid4()}:1")
    async with world.client() as nobody:
        problem(await nobody.get(f"{PATH}?follow=true"), 401, "auth.missing_token")
