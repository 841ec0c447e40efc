"""What a client sees of rate limits."""

import pytest

from api.gateway.addresses import networks
from api.gateway.budgets import Budgets
from api.gateway.kinds import Kind
from api.gateway.limiter import Limiter
from schemas.envelope import Actor
from tests.api.world import AGENT, PASSWORD, QUICK, World, problem


def limited(budgets: Budgets) -> World:
    return World(rates=Limiter(budgets))


async def test_a_users_budget_is_told_and_then_refused() -> None:
    world = limited({("user", Kind.READ): 2, ("user", Kind.WRITE): 1})
    async with world.client(world.anna) as anna:
        first = await anna.get("/agents")
        assert first.headers["ratelimit-policy"] == '"user.read";q=2;w=60'
        assert first.headers["ratelimit"].startswith('"user.read";r=1;t=')
        await anna.get("/agents")
        refused = await anna.get("/agents")
        assert problem(refused, 429, "request.rate_limited")["detail"] == "Too many requests: user.read."
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert refused.headers["ratelimit"].startswith('"user.read";r=0;t=')
        assert (await anna.post("/agents", json=AGENT)).status_code == 201
    async with world.client(world.zoe) as zoe:
        assert (await zoe.get("/agents")).status_code == 200


@pytest.mark.parametrize("who, others_too", [("user", False), ("tenant", True), ("partner", True)])
async def test_colleagues_share_what_is_their_tenants(who: str, others_too: bool) -> None:
    world = limited({(who, Kind.READ): 1})  # type: ignore[dict-item]
    colleague = world.anna.model_copy(update={"id": world.zoe.id})
    assert await statuses(world, world.anna, 1) == [200]
    assert await statuses(world, colleague, 1) == [429 if others_too else 200]
    assert await statuses(world, world.zoe, 1) == [200 if others_too else 429]


async def statuses(world: World, actor: Actor | None, times: int, path: str = "/agents") -> list[int]:
    async with world.client(actor) as client:
        return [(await client.get(path)).status_code for _ in range(times)]


async def test_an_address_is_refused_before_anybody_looks_at_its_token() -> None:
    world = limited({("ip", Kind.READ): 1})
    assert await statuses(world, None, 2) == [401, 429]
    assert await statuses(world, world.anna, 1) == [429]


async def test_signing_in_has_a_budget_of_its_own() -> None:
    world = limited({("ip", Kind.SIGN_IN): 2})
    form = {"username": "anna@acme.example", "password": PASSWORD}
    async with world.client() as nobody:
        found = [(await nobody.post("/auth/token", data=form)).status_code for _ in range(3)]
        assert found == [200, 200, 429]
        assert (await nobody.get("/.well-known/jwks.json")).status_code == 200


async def test_health_is_not_counted() -> None:
    world = limited({("ip", Kind.READ): 1})
    assert await statuses(world, None, 5, "/health/live") == [200] * 5


async def test_behind_a_proxy_addresses_are_the_callers() -> None:
    world = World(rates=Limiter({("ip", Kind.READ): 1}))
    world.limits = type(QUICK)(trusted_proxies=networks("127.0.0.1"))
    world.app = world.build()
    async with world.client() as proxy:
        found = [
            (await proxy.get("/agents", headers={"X-Forwarded-For": ip})).status_code
            for ip in ("198.51.100.1", "198.51.100.2", "198.51.100.1")
        ]
    assert found == [401, 401, 429]


async def test_without_a_proxy_a_forged_header_gets_no_budget_of_its_own() -> None:
    world = limited({("ip", Kind.READ): 1})
    async with world.client() as nobody:
        found = [
            (await nobody.get("/agents", headers={"X-Forwarded-For": ip})).status_code
            for ip in ("198.51.100.1", "198.51.100.2")
        ]
    assert found == [401, 429]
