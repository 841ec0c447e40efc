"""Whether somebody is known is told by nothing: not the answer, not the work, not the headers."""

from typing import Any

import httpx2
import pytest

from infra.crypto.passwords import Passwords
from tests.api.world import HASH, PASSWORD, World

NAMES = {
    "known": "anna@acme.example",
    "unknown": "nobody@acme.example",
    "no address": "nobody",
    "a look-alike": "\uff41nna@acme.example",
    "a NUL": "anna@acme.example\0",
    "empty": " ",
    "long": "a" * 300 + "@acme.example",
    "a number": "7",
}


async def sign_in(client: httpx2.AsyncClient, name: str) -> httpx2.Response:
    form = {"grant_type": "password", "username": name, "password": "not the right one"}
    return await client.post("/auth/token", data=form)


@pytest.mark.parametrize("who", NAMES)
async def test_everybody_costs_one_hash_and_gets_the_same_answer(
    world: World, nobody: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    hashed: list[str] = []
    matches = Passwords._matches

    def counted(self: Passwords, stored: str, password: str) -> bool:
        hashed.append(stored)
        return matches(self, stored, password)

    monkeypatch.setattr(Passwords, "_matches", counted)
    response = await sign_in(nobody, NAMES[who])
    assert len(hashed) == 1
    assert cost_of(hashed[0]) == cost_of(HASH)
    assert told(response) == told(await sign_in(nobody, NAMES["known"]))


def cost_of(stored: str) -> str:
    """`m=…,t=…,p=…`"""
    return stored.split("$")[3]


def told(response: httpx2.Response) -> Any:
    body = {name: value for name, value in response.json().items() if name != "request_id"}
    headers = {name for name in response.headers if name != "date"}
    return response.status_code, body, headers


@pytest.mark.parametrize("grant", ["client_credentials", "refresh_token", "PASSWORD", "password x"])
async def test_no_other_grant_signs_in(nobody: httpx2.AsyncClient, grant: str) -> None:
    form = {"grant_type": grant, "username": NAMES["known"], "password": PASSWORD}
    assert (await nobody.post("/auth/token", data=form)).status_code == 422


async def test_no_scope_is_given_for_the_asking(world: World, nobody: httpx2.AsyncClient) -> None:
    form = {"grant_type": "password", "username": NAMES["known"], "password": PASSWORD}
    form |= {
        "scope": "partners:create platform_admin",
        "role": "platform_admin",
        "tenant_id": str(world.other_tenant),
    }
    token = (await nobody.post("/auth/token", data=form)).json()["access_token"]
    me = (await nobody.get("/auth/me", headers={"Authorization": f"Bearer {token}"})).json()
    assert (me["role"], me["tenant_id"]) == ("tenant_admin", str(world.tenant))
    assert "partners:create" not in me["permissions"]
