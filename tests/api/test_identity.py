from dataclasses import replace

import httpx2
import pytest

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
    assert world.slept == [1] * 5 + [2]
    await nobody.post("/auth/token", data=form("anna@acme.example"))
    await nobody.post("/auth/token", data=form("anna@acme.example"))
    assert world.slept[6:] == [2]


@pytest.mark.parametrize("email", ["anna@acme.example", "nobody@acme.example"])
async def test_too_many_failures_lock_for_a_while(
    world: World, nobody: httpx2.AsyncClient, email: str
) -> None:
    for _ in range(20):
        await nobody.post("/auth/token", data=form(email, "wrong password"))
    response = await nobody.post("/auth/token", data=form(email))
    problem(response, 429, "auth.locked")
    assert int(response.headers["retry-after"]) > 600
    world.seconds += 901
    again = await nobody.post("/auth/token", data=form("anna@acme.example"))
    assert again.status_code == 200


async def test_refreshing_brings_the_next_pair_once(world: World, nobody: httpx2.AsyncClient) -> None:
    first = (await nobody.post("/auth/token", data=form("anna@acme.example"))).json()
    body = {"refresh_token": first["refresh_token"]}
    second = (await nobody.post("/auth/refresh", json=body)).json()
    assert second["refresh_token"] != first["refresh_token"]
    again = (await nobody.post("/auth/refresh", json=body)).json()
    assert again["refresh_token"] == second["refresh_token"], "a lost answer costs no sign-in"
    world.seconds += 11
    problem(await nobody.post("/auth/refresh", json=body), 401, "auth.session_compromised")
    later = {"refresh_token": second["refresh_token"]}
    problem(await nobody.post("/auth/refresh", json=later), 401, "auth.session_revoked")
    problem(
        await nobody.post("/auth/refresh", json={"refresh_token": "hbr_x"}), 401, "auth.bad_refresh_token"
    )


async def test_refreshing_brings_the_role_of_now(world: World, nobody: httpx2.AsyncClient) -> None:
    first = (await nobody.post("/auth/token", data=form("anna@acme.example"))).json()
    [row] = [row for row in world.reads.member_rows if str(row.id) == world.anna.id]
    index = world.reads.member_rows.index(row)
    world.reads.member_rows[index] = replace(row, role=Role.TENANT_VIEWER)
    second = await nobody.post("/auth/refresh", json={"refresh_token": first["refresh_token"]})
    bearer = {"Authorization": f"Bearer {second.json()['access_token']}"}
    assert (await nobody.get("/auth/me", headers=bearer)).json()["role"] == "tenant_viewer"
    del world.reads.member_rows[index]
    body = {"refresh_token": second.json()["refresh_token"]}
    problem(await nobody.post("/auth/refresh", json=body), 403, "auth.no_membership")


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
