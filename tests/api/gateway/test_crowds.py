"""How many may be under way together."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from api.gateway.addresses import networks
from api.gateway.crowds import Crowd
from api.parts import Limits
from api.reads import Page
from tests.api.world import World, problem


class Gate:
    """A read that takes as long as the test wants."""

    def __init__(self) -> None:
        self.inside = 0
        self.open = asyncio.Event()

    async def agents(self, *_: Any) -> Page[Any]:
        self.inside += 1
        await self.open.wait()
        return Page([])


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.001)


def world_of(**limits: Any) -> tuple[World, Gate]:
    world, gate = World(limits=Limits(trusted_proxies=networks("127.0.0.1"), **limits)), Gate()
    world.reads.agents = gate.agents  # type: ignore[assignment,method-assign]
    return world, gate


async def get(world: World, ip: str, path: str = "/agents") -> Any:
    async with world.client(world.anna) as client:
        return await client.get(path, headers={"X-Forwarded-For": ip})


@pytest.mark.parametrize(
    "limits, addresses",
    [({"most_requests": 3}, ("a", "b", "c", "d")), ({"most_of_one_address": 3}, ("a", "a", "a", "a"))],
    ids=["in all", "of one address"],
)
async def test_one_too_many_is_sent_away_and_told_to_come_again(
    limits: dict[str, int], addresses: tuple[str, ...]
) -> None:
    world, gate = world_of(**limits)
    ips = [f"198.51.100.{ord(name)}" for name in addresses]
    waiting = [asyncio.create_task(get(world, ip)) for ip in ips[:3]]
    await until(lambda: gate.inside == 3)
    refused = await get(world, ips[3])
    problem(refused, 503, "service.overloaded")
    assert refused.headers["retry-after"] == "1"
    assert (await get(world, ips[3], "/health/live")).status_code == 200
    gate.open.set()
    assert [(await one).status_code for one in waiting] == [200] * 3
    assert (await get(world, ips[3])).status_code == 200


async def test_another_address_finds_room_where_one_is_full() -> None:
    world, gate = world_of(most_of_one_address=1)
    first = asyncio.create_task(get(world, "198.51.100.1"))
    await until(lambda: gate.inside == 1)
    second = asyncio.create_task(get(world, "198.51.100.2"))
    await until(lambda: gate.inside == 2)
    gate.open.set()
    assert [(await one).status_code for one in (first, second)] == [200, 200]


def test_nobody_is_remembered_who_has_left() -> None:
    crowd = Crowd(2, 1)
    assert [crowd.enter("a"), crowd.enter("a"), crowd.enter("b"), crowd.enter("c")] == [
        True,
        False,
        True,
        False,
    ]
    crowd.leave("a")
    crowd.leave("b")
    assert (crowd.inside, dict(crowd.of_one)) == (0, {})
    assert crowd.enter("c")


async def test_who_fails_leaves_too() -> None:
    world, _ = world_of(most_requests=1)

    async def broken(*_: Any) -> Awaitable[None]:
        raise RuntimeError

    world.reads.agents = broken  # type: ignore[assignment,method-assign]
    assert [(await get(world, "198.51.100.1")).status_code for _ in range(3)] == [500] * 3
