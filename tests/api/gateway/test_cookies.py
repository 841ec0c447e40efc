"""The console's session cookie, beside bearer tokens."""

import pytest
from fastapi import FastAPI, Request
from starlette.responses import Response

from api.gateway.cookies import (
    MOST_BYTES,
    NAME,
    SECURE_NAME,
    SessionCodec,
    SessionTokens,
    clear_session_cookie,
    session_from,
    set_session_cookie,
)
from api.gateway.cors import origins
from api.parts import Limits
from infra.crypto.secrets import SecretBox
from tests.api.world import AGENT, COOKIES, World, problem

OWN = {"Sec-Fetch-Site": "same-origin"}
CONSOLE = "https://console.example.com"


def cookie(world: World, name: str = SECURE_NAME) -> dict[str, str]:
    tokens = SessionTokens(access=world.tokens.issue(world.anna), refresh="r" * 43)
    return {"Cookie": f"{name}={COOKIES.sealed(tokens)}"}


def with_session_routes(app: FastAPI) -> None:
    @app.post("/session")
    async def begin(request: Request) -> Response:
        response = Response()
        set_session_cookie(response, request, SessionTokens(access="a", refresh="r"), seconds=60)
        return response

    @app.get("/session")
    async def show(request: Request) -> dict[str, str] | None:
        found = session_from(request)
        return found.model_dump() if found else None

    @app.delete("/session")
    async def end(request: Request) -> Response:
        response = Response()
        clear_session_cookie(response, request)
        return response


@pytest.mark.parametrize("scheme, name", [("https", SECURE_NAME), ("http", NAME)])
async def test_a_session_comes_and_goes(world: World, scheme: str, name: str) -> None:
    with_session_routes(world.app)
    async with world.client(base_url=f"{scheme}://test") as browser:
        made = (await browser.post("/session")).headers["set-cookie"]
        assert made.startswith(f"{name}=")
        attributes = {part.strip().lower() for part in made.split(";")[1:]}
        assert {"httponly", "samesite=lax", "path=/", "max-age=60"} <= attributes
        assert ("secure" in attributes) is (scheme == "https")
        assert not any(part.startswith("domain") for part in attributes)
        assert (await browser.get("/session")).json() == {"access": "a", "refresh": "r"}
        await browser.delete("/session")
        assert (await browser.get("/session")).json() is None


async def test_a_cookie_of_our_own_page_signs_in(world: World) -> None:
    async with world.client(None, base_url="https://test", **cookie(world)) as browser:
        assert (await browser.get("/auth/me")).json()["email"] == "anna@acme.example"
        assert (await browser.post("/agents", json=AGENT, headers=OWN)).status_code == 201
        same = {"Origin": "https://test"}
        assert (await browser.post("/agents", json=AGENT, headers=same)).status_code == 201


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://test"},
        {"Origin": "null"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example", "X-Forwarded-Host": "evil.example"},
        {"Referer": "https://test/"},
    ],
    ids=str,
)
async def test_another_page_changes_nothing_with_it(world: World, headers: dict[str, str]) -> None:
    async with world.client(None, base_url="https://test", **cookie(world)) as browser:
        problem(await browser.post("/agents", json=AGENT, headers=headers), 403, "auth.cross_site")
    assert world.bus.sent == []


async def test_a_listed_origin_is_one_of_our_pages(world: World) -> None:
    world.limits = Limits(cors_origins=origins(CONSOLE))
    world.app = world.build()
    async with world.client(None, base_url="https://test", **cookie(world)) as browser:
        headers = {"Origin": CONSOLE, "Sec-Fetch-Site": "same-site"}
        assert (await browser.post("/agents", json=AGENT, headers=headers)).status_code == 201


async def test_a_bearer_token_wins_and_needs_no_page(world: World) -> None:
    async with world.client(world.zoe, base_url="https://test", **cookie(world)) as program:
        assert (await program.get("/auth/me")).json()["email"] == "zoe@zeta.example"
        assert (await program.post("/agents", json=AGENT)).status_code == 201
        wrong = {"Authorization": "Bearer nonsense"}
        problem(await program.get("/auth/me", headers=wrong), 401, "auth.invalid_token")


async def test_on_https_only_the_cookie_counts_that_no_other_host_can_set(world: World) -> None:
    async with world.client(None, base_url="https://test", **cookie(world, NAME)) as browser:
        problem(await browser.get("/auth/me"), 401, "auth.missing_token")


@pytest.mark.parametrize("path", ["/hooks/0198c0de-0000-7000-8000-000000000001", "/payments/stripe/webhook"])
async def test_hooks_take_no_cookie(world: World, path: str) -> None:
    async with world.client(None, base_url="https://test", **cookie(world), **OWN) as browser:
        response = await browser.post(path, json={})
    assert response.status_code in (400, 401)
    assert world.access.entries[-1].actor is None


@pytest.mark.parametrize("value", ["", "x", "é", "gAAAAA", "x" * 10_000])
def test_what_we_did_not_seal_is_nothing(value: str) -> None:
    assert COOKIES.opened(value) is None


def test_it_opens_with_its_own_key_only_and_hides_what_is_in_it() -> None:
    value = COOKIES.sealed(SessionTokens(access="the access token", refresh="the refresh token"))
    assert "token" not in value
    assert SessionCodec(SecretBox(["another"], "cookies")).opened(value) is None
    assert SessionCodec(SecretBox(["a master key"], "other")).opened(value) is None


def test_it_fits_a_browser_or_is_not_made(world: World) -> None:
    issued = SessionTokens(access=world.tokens.issue(world.anna), refresh="r" * 43)
    assert len(COOKIES.sealed(issued)) < MOST_BYTES / 2
    with pytest.raises(ValueError, match="at most"):
        COOKIES.sealed(SessionTokens(access="a" * 5_000, refresh="r"))
