"""The console's session in a cookie: opened, kept alive by the edge, closed."""

import re
from datetime import timedelta

import httpx2
import pytest

from infra.crypto.keys import KeyRing, new_key
from infra.crypto.tokens import Tokens
from tests.api.test_identity import form
from tests.api.world import PASSWORD, RING, World, problem

ANNA = {"email": "anna@acme.example", "password": PASSWORD}
TOKEN = re.compile(r"eyJ[\w-]+\.eyJ[\w-]+\.")
"""Its first letters alone stand in random text, too, now and then."""

OWN = {"Sec-Fetch-Site": "same-origin"}


async def opened(client: httpx2.AsyncClient) -> str:
    """The cookie, which the client keeps."""
    response = await client.post("/bff/session", json=ANNA, headers=OWN)
    assert response.status_code == 200, response.text
    assert response.json().keys() == {"expires_in", "refresh_expires_at"}
    return str(client.cookies["hb_session"])


async def with_cookie(client: httpx2.AsyncClient, value: str) -> httpx2.Response:
    """As a browser that has not seen a newer one."""
    client.cookies.clear()
    client.cookies.set("hb_session", value, domain="test.local")
    return await client.get("/auth/me")


async def test_signing_in_sets_a_cookie_and_tells_no_token(world: World, nobody: httpx2.AsyncClient) -> None:
    response = await nobody.post("/bff/session", json=ANNA, headers=OWN)
    cookie = response.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert TOKEN.match(world.tokens.issue(world.anna))
    assert not TOKEN.search(response.text + cookie)
    assert (await nobody.get("/auth/me")).json()["email"] == ANNA["email"]


async def test_a_session_from_elsewhere_moves_into_the_cookie(
    world: World, nobody: httpx2.AsyncClient
) -> None:
    told = (await nobody.post("/auth/token", data=form(ANNA["email"]))).json()
    body = {"refresh_token": told["refresh_token"]}
    assert (await nobody.post("/bff/session", json=body, headers=OWN)).status_code == 200
    assert (await nobody.get("/auth/me")).status_code == 200


async def test_the_edge_renews_the_session_while_it_is_used(world: World) -> None:
    world.tokens = Tokens(RING, now=world.time)
    world.app = world.build()
    async with world.client() as client:
        first = await opened(client)
        world.seconds += timedelta(minutes=11).total_seconds()
        again = [await with_cookie(client, first) for _ in range(2)]
        assert [response.status_code for response in again] == [200, 200]
        assert all("hb_session=" in response.headers["set-cookie"] for response in again)
        assert client.cookies["hb_session"] != first
        assert "set-cookie" not in (await client.get("/auth/me")).headers


async def test_a_session_outlives_the_keys_its_token_was_signed_with(world: World) -> None:
    async with world.client() as client:
        first = await opened(client)
        world.tokens = Tokens(KeyRing(new_key(), new_key()))
        world.app = world.build()
    async with world.client() as client:
        assert (await with_cookie(client, first)).status_code == 200


async def test_a_session_that_is_over_takes_its_cookie_along(world: World) -> None:
    world.tokens = Tokens(RING, now=world.time)
    world.app = world.build()
    async with world.client() as client:
        await opened(client)
        world.seconds += timedelta(days=31).total_seconds()
        response = await client.get("/auth/me")
        problem(response, 401, "auth.session_expired")
        assert 'hb_session=""' in response.headers["set-cookie"]


async def test_signing_out_ends_it_everywhere(world: World, nobody: httpx2.AsyncClient) -> None:
    kept = await opened(nobody)
    assert (await nobody.delete("/bff/session", headers=OWN)).json() == {"ended": 1}
    assert "hb_session" not in nobody.cookies
    response = await with_cookie(nobody, kept)
    problem(response, 401, "auth.stale_token")


async def test_refreshing_by_hand(world: World, nobody: httpx2.AsyncClient) -> None:
    problem(await nobody.post("/bff/refresh", headers=OWN), 401, "auth.no_session")
    first = await opened(nobody)
    assert (await nobody.post("/bff/refresh", headers=OWN)).status_code == 200
    assert nobody.cookies["hb_session"] != first


async def test_stepping_up_stays_in_the_cookie(world: World, nobody: httpx2.AsyncClient) -> None:
    first = await opened(nobody)
    told = await nobody.post("/auth/step-up", json={"password": PASSWORD}, headers=OWN)
    assert told.json()["access_token"] is None
    assert nobody.cookies["hb_session"] != first
    assert (await nobody.get("/auth/me")).status_code == 200


@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}]
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/bff/session"),
        ("POST", "/bff/refresh"),
        ("DELETE", "/bff/session"),
        ("POST", "/auth/logout"),
    ],
)
async def test_other_pages_sign_nobody_in_or_out(
    world: World, nobody: httpx2.AsyncClient, headers: dict[str, str], method: str, path: str
) -> None:
    await opened(nobody)
    body = ANNA if path == "/bff/session" and method == "POST" else None
    response = await nobody.request(method, path, json=body, headers=headers)
    problem(response, 403, "auth.cross_site")
    assert (await nobody.get("/auth/me")).status_code == 200
