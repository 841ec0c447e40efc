"""What the gate costs a request, beside the same app without it: `python -m tests.benchmarks.gate`.

A read of a tenant's agents by bearer token, called as a server calls an app, in turns in one process. All of
the gate: address, room, time, size, headers, access log, budgets of address, user, tenant and partner.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from unittest import mock

import structlog
from fastapi import FastAPI
from starlette.types import Message

from api import app as edge
from api import errors
from api.gateway.budgets import DEFAULTS
from api.gateway.caller import Caller
from api.gateway.limiter import Limiter
from api.limits import BodyLimit
from api.middleware import RequestContext
from api.parts import Limits
from tests.api.world import World
from tests.support.valkey import valkey

ROUNDS, REQUESTS = 20, 200
PLENTY = dict.fromkeys(DEFAULTS, 10**9)
Call = Callable[[], Awaitable[None]]


def without_gate(app: FastAPI, limits: Limits) -> None:
    app.add_middleware(BodyLimit, max_bytes=limits.max_body_bytes)
    app.add_middleware(errors.LastResort)
    app.add_middleware(RequestContext)
    app.add_middleware(Caller)


def ungated() -> World:
    with mock.patch.object(edge, "add_middleware", without_gate):
        return World()


def caller(world: World) -> Call:
    token = f"Bearer {world.tokens.issue(world.anna)}".encode()
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/agents",
        "raw_path": b"/agents",
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "http_version": "1.1",
        "server": ("test", 80),
        "client": ("203.0.113.7", 1),
        "headers": [(b"host", b"test"), (b"authorization", token), (b"user-agent", b"bench")],
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        assert message.get("status", 200) == 200, message

    async def call() -> None:
        await world.app(dict(scope), receive, send)

    return call


@dataclass
class Taken:
    times: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    """Of each round, per request: what it costs however busy the machine is."""


async def measured(calls: dict[str, Call]) -> dict[str, Taken]:
    """In turns, so that what the machine does meanwhile hits all alike."""
    found = {name: Taken() for name in calls}
    for _ in range(ROUNDS):
        for name, call in calls.items():
            cpu = time.process_time()
            for _ in range(REQUESTS):
                begun = time.perf_counter()
                await call()
                found[name].times.append((time.perf_counter() - begun) * 1e6)
            found[name].cpu.append((time.process_time() - cpu) * 1e6 / REQUESTS)
    return found


async def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    async with valkey() as server:
        alone, shared = Limiter(PLENTY), Limiter(PLENTY, server.url)
        calls = {
            "without the gate": caller(ungated()),
            "with it": caller(World(rates=alone)),
            "with it, counting in Valkey": caller(World(rates=shared)),
        }
        await measured(calls)
        taken = await measured(calls)
        await shared.close()
    for name, one in taken.items():
        p50, cpu = statistics.median(one.times), statistics.median(one.cpu)
        print(f"{name:30} p50 {p50:6.0f} µs   cpu {cpu:6.0f} µs")


if __name__ == "__main__":
    asyncio.run(main())
