"""One suite for counters in memory and in a real Valkey, and what happens when that is away."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from prometheus_client import REGISTRY

from api.gateway.budgets import Budgets, Who
from api.gateway.kinds import Kind
from api.gateway.limiter import AWAY_SECONDS, Limiter
from api.gateway.memory import BoundedMemory
from tests.support.valkey import Valkey, silent_port, valkey

BUDGETS: Budgets = {("user", Kind.WRITE): 10, ("tenant", Kind.WRITE): 15}

PATIENT = 30.0
"""However busy this machine is."""


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[Valkey]:
    async with valkey() as server:
        yield server


@pytest.fixture(params=["memory", "valkey"])
async def limiter(request: pytest.FixtureRequest, server: Valkey) -> AsyncIterator[Limiter]:
    limiter = Limiter(BUDGETS, server.url if request.param == "valkey" else None, patience=PATIENT)
    if limiter._shared is not None:
        await limiter._shared.storage.reset()
    yield limiter
    await limiter.close()


async def passed(limiter: Limiter, name: str, times: int, *also: tuple[Who, str]) -> int:
    taking = (limiter.take(Kind.WRITE, [("user", name), *also]) for _ in range(times))
    return sum(standing.passed for standing, *_ in await asyncio.gather(*taking))


async def test_exactly_the_budget_passes_however_many_come_at_once(limiter: Limiter) -> None:
    assert await passed(limiter, "anna", 200) == 10
    assert await passed(limiter, "anna", 5) == 0


async def test_callers_have_budgets_of_their_own(limiter: Limiter) -> None:
    assert (await passed(limiter, "ben", 12), await passed(limiter, "cleo", 3)) == (10, 3)


async def test_what_nothing_is_said_about_is_not_counted(limiter: Limiter) -> None:
    assert await limiter.take(Kind.READ, [("user", "anna"), ("tenant", "acme")]) == []
    assert await limiter.take(Kind.WRITE, [("partner", "nordic")]) == []


async def test_it_says_how_the_first_stands(limiter: Limiter) -> None:
    callers: list[tuple[Who, str]] = [("user", "dora"), ("tenant", "zeta")]
    [first] = await limiter.take(Kind.WRITE, callers)
    assert (first.name, first.quota, first.window, first.remaining) == ("user.write", 10, 60, 9)
    assert 1 <= first.reset <= 60
    assert await limiter.take(Kind.WRITE, callers, tell=False) == []
    [again] = await limiter.take(Kind.WRITE, callers)
    assert again.remaining == 7


async def test_it_says_whose_budget_is_used_up_whether_asked_or_not(limiter: Limiter) -> None:
    for name in ("finn", "gus"):
        await passed(limiter, name, 10, ("tenant", "delta"))
    found = await limiter.take(Kind.WRITE, [("user", "hal"), ("tenant", "delta")], tell=False)
    assert [(standing.name, standing.passed) for standing in found] == [("tenant.write", False)]


async def test_processes_share_what_is_counted_outside(server: Valkey) -> None:
    one, other = (Limiter(BUDGETS, server.url, patience=PATIENT) for _ in range(2))
    assert await passed(one, "shared", 6) + await passed(other, "shared", 6) == 10
    for limiter in (one, other):
        await limiter.close()


def times_alone() -> float:
    return REGISTRY.get_sample_value("hb_rate_limits_alone_total") or 0.0


async def test_without_the_server_it_counts_alone_and_says_so() -> None:
    seconds = 0.0
    async with valkey() as server:
        limiter = Limiter(BUDGETS, server.url, lambda: seconds, PATIENT)
        assert await passed(limiter, "eve", 4) == 4
        await server.stop()
        before = times_alone()
        assert await passed(limiter, "eve", 20) == 10
        assert times_alone() > before
        told = times_alone()
        assert await passed(limiter, "eve", 3) == 0
        assert times_alone() == told, "it was not asked again at once"
        await server.start()
        seconds = AWAY_SECONDS
        assert await passed(limiter, "eve", 3) == 3
        await limiter.close()


async def test_a_server_that_hangs_is_as_good_as_away() -> None:
    listening, url = silent_port()
    limiter = Limiter(BUDGETS, url, patience=0.2)
    assert await passed(limiter, "fay", 12) == 10
    await limiter.close()
    listening.close()


async def test_memory_forgets_what_was_not_used_for_the_longest() -> None:
    seconds = 30.0
    memory = BoundedMemory(kept=2, now=lambda: seconds)
    for key in ("a", "b", "a", "c"):
        await memory.acquire_sliding_window_entry(key, 2, 60)
    counts = {key: (await memory.get_sliding_window(key, 60))[2] for key in "abc"}
    assert counts == {"a": 2, "b": 0, "c": 1}


async def test_a_window_fades_into_the_next() -> None:
    seconds = 0.0
    memory = BoundedMemory(now=lambda: seconds)

    async def taken() -> int:
        return sum([await memory.acquire_sliding_window_entry("a", 10, 60) for _ in range(20)])

    assert await taken() == 10
    seconds = 60.0
    assert await taken() == 0
    seconds = 90.0
    assert await taken() == 5
    seconds = 600.0
    assert await taken() == 10
