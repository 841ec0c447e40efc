"""One request with a token and one without, in turns, through all of the edge but the network."""

import logging
import time
from collections.abc import Mapping
from typing import Annotated

import httpx2
import structlog
from fastapi import Depends

from api.deps import current_actor
from api.gateway.budgets import budgets
from api.gateway.limiter import Limiter
from schemas.envelope import Actor
from tests.api.world import World
from tests.benchmarks.figures import Figure, Reference
from tests.benchmarks.isolation.crowd import spread
from tests.benchmarks.measure import Spread
from tests.benchmarks.setting import Result
from tests.benchmarks.stage import Stage

TIMES, QUICK_TIMES = 3_000, 500
WANTED_MS = 0.3
FIRST_ROUNDS = 100
HIGH = ", ".join(f"{who}.read=99999999" for who in ("ip", "user", "tenant", "partner"))
"""Counted, never reached."""


async def measure(stage: Stage) -> Result:
    world = World(rates=Limiter(budgets(HIGH)), recent=True)
    add_routes(world)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    async with world.client(world.anna) as known, world.client() as nobody:
        stage.say("asking")
        took = await in_turns({"with": known, "without": nobody}, stage.pick(TIMES, QUICK_TIMES))
    added = Spread.once(took["with"].median - took["without"].median)
    shape = "signature, claims, standing and rate limits of a GET; medians in turns, over ASGI"
    references = (Reference("wanted", Spread.once(WANTED_MS), "at most"),)
    return Result(
        [
            Figure("what a token check adds", "ms", added, shape, references),
            Figure(
                "a request with a token", "ms", took["with"], shape, (Reference("without", took["without"]),)
            ),
        ]
    )


def add_routes(world: World) -> None:
    async def checked(actor: Annotated[Actor, Depends(current_actor)]) -> dict[str, str]:
        return {"hello": "there"}

    async def unchecked() -> dict[str, str]:
        return {"hello": "there"}

    world.app.add_api_route("/bench/with", checked)
    world.app.add_api_route("/bench/without", unchecked)


async def in_turns(clients: Mapping[str, httpx2.AsyncClient], times: int) -> dict[str, Spread]:
    took: dict[str, list[float]] = {name: [] for name in clients}
    for number in range(times + FIRST_ROUNDS):
        for name, client in clients.items():
            begin = time.perf_counter()
            response = await client.get(f"/bench/{name}")
            seconds = time.perf_counter() - begin
            assert response.status_code == 200, response.text
            if number >= FIRST_ROUNDS:
                took[name].append(seconds * 1_000)
    return {name: spread(found) for name, found in took.items()}
