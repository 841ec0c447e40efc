import asyncio

import httpx2
import pytest

from api.tarpit import MOST_AT_ONCE, Tarpit, TooManyAttempts, delay
from infra.crypto.tokens import Tokens
from schemas.access import PERMISSIONS, Role
from tests.api.world import PASSWORD, RING, World, problem


def form(username: str, password: str = PASSWORD) -> dict[str, str]:
    return {"username": username, "password": password}


async def test_a_token_opens_what_its_user_may_see(world: World, nobody: httpx2.AsyncClient) -> None:
    response = await nobody.post("/auth/token", data=form(" Anna@Acme.example "))
    told = response.json()
    assert (told["token_type"], told["expires_in"]) == ("bearer", 600)
    assert response.headers["cache-control"] == "no-store"
    me = await nobody.get("/auth/me", headers={"Authorization": f"Bearer {told['access_token']}"})
    assert me.json() == {
        "id": world.anna.id,
        "email": "anna@acme.example",
        "name": "anna",
        "role": "tenant_admin",
        "partner_id": str(world.partner),
        "tenant_id": str(world.tenant),
        "permissions": sorted(PERMISSIONS[Role.TENANT_ADMIN]),
    }


async def test_unknown_users_and_wrong_passwords_get_the_same_answer(nobody: httpx2.AsyncClient) -> None:
    told = []
    for attempt in (
        form("anna@acme.example", "wrong password"),
        form("nobody@acme.example"),
        form("not an address"),
        form("a\0b@acme.example"),
    ):
        response = await nobody.post("/auth/token", data=attempt)
        body = problem(response, 401, "auth.invalid_credentials")
        assert response.headers["www-authenticate"] == "Bearer"
        told.append({**body, "request_id": ""})
    assert all(body == told[0] for body in told)


async def test_guessing_gets_slower_and_a_success_forgives(world: World, nobody: httpx2.AsyncClient) -> None:
    for _ in range(11):
        await nobody.post("/auth/token", data=form("anna@acme.example", "wrong password"))
    assert world.slept == [0] * 5 + [1] * 5 + [2]
    await nobody.post("/auth/token", data=form("anna@acme.example"))
    await nobody.post("/auth/token", data=form("anna@acme.example"))
    assert world.slept[-2:] == [2, 0]


def test_the_delay_ends_at_ten_seconds() -> None:
    assert [delay(failures) for failures in (0, 4, 5, 10, 49, 50, 1000)] == [0, 0, 1, 2, 9, 10, 10]


async def test_the_tarpit_forgets() -> None:
    slept: list[float] = []
    now = 0.0

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async def fail() -> bool:
        return False

    tarpit = Tarpit(accounts=3, forget_seconds=100, sleep=sleep, now=lambda: now)
    for _ in range(5):
        await tarpit.attempt("anna", fail)
    now = 101
    await tarpit.attempt("anna", fail)
    for _ in range(5):
        await tarpit.attempt("anna", fail)
    assert slept[-2:] == [0, 1]
    for other in "abc":
        await tarpit.attempt(other, fail)
    await tarpit.attempt("anna", fail)
    assert slept[-1] == 0
    assert len(tarpit._accounts) == 3


async def test_attempts_in_parallel_are_bounded() -> None:
    gate = asyncio.Event()

    async def check() -> bool:
        await gate.wait()
        return False

    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    tarpit = Tarpit(sleep=sleep)
    waiting = [asyncio.create_task(tarpit.attempt("anna", check)) for _ in range(MOST_AT_ONCE)]
    await asyncio.sleep(0)
    with pytest.raises(TooManyAttempts):
        await tarpit.attempt("anna", check)
    gate.set()
    assert await asyncio.gather(*waiting) == [False] * MOST_AT_ONCE
    assert slept == [0] * 5 + [1] * 5


async def test_too_many_at_once_is_a_problem(
    world: World, nobody: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.tarpit.MOST_AT_ONCE", 0)
    response = await nobody.post("/auth/token", data=form("anna@acme.example"))
    problem(response, 429, "auth.too_many_attempts")
    assert response.headers["retry-after"] == "10"


async def test_a_missing_field_of_the_form_is_named(nobody: httpx2.AsyncClient) -> None:
    told = problem(await nobody.post("/auth/token", data={"username": "x"}), 422, "request.invalid")
    assert told["problems"] == [{"code": "missing", "message": "Field required", "path": "body.password"}]


async def test_bad_tokens_say_why(world: World, nobody: httpx2.AsyncClient) -> None:
    old = Tokens(RING, now=lambda: 1_000_000.0).issue(world.anna)
    for token, code in ((old, "auth.expired_token"), ("x.y.z", "auth.invalid_token")):
        response = await nobody.get("/agents", headers={"Authorization": f"Bearer {token}"})
        problem(response, 401, code)
        assert response.headers["www-authenticate"] == "Bearer"
    problem(await nobody.get("/agents", headers={"Authorization": "Basic eA=="}), 401, "auth.missing_token")


async def test_a_token_of_a_user_who_is_gone_is_refused(world: World, anna: httpx2.AsyncClient) -> None:
    world.reads.users.clear()
    problem(await anna.get("/auth/me"), 401, "auth.unknown_user")


async def test_the_keys_are_published_for_five_minutes(world: World, nobody: httpx2.AsyncClient) -> None:
    response = await nobody.get("/.well-known/jwks.json")
    assert response.json() == world.tokens.jwks()
    assert response.headers["cache-control"] == "public, max-age=300"
