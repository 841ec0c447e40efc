from typing import Any

import httpx2
import pytest

from api.models.tools import TOOL
from tests.api.world import SECRETS, World, problem

VALUE = "sk-live-0123456789"


async def test_a_tool_is_set_seen_and_deprecated(world: World, anna: httpx2.AsyncClient) -> None:
    response = await anna.put("/tools/find_order", json={"definition": TOOL})
    assert (response.status_code, response.json()["name"]) == (200, "find_order")
    (envelope,) = world.bus.sent
    assert (envelope.tenant_id, envelope.type) == (world.tenant, "authoring.tool.set")
    seen = (await anna.get("/tools/find_order")).json()
    assert (seen["definition"]["url"], seen["deprecated"]) == (TOOL["url"], False)
    assert (await anna.delete("/tools/find_order")).status_code == 200
    assert (await anna.get("/tools/find_order")).json()["deprecated"] is True
    problem(await anna.get("/tools/unknown"), 404, "authoring.tool_not_found")


async def test_tools_and_secrets_are_listed_by_name_page_by_page(
    world: World, anna: httpx2.AsyncClient
) -> None:
    for name in ("c", "a", "b"):
        await world.put(f"/tools/{name}", {"definition": TOOL})
        await world.put(f"/secrets/{name.upper()}", {"value": VALUE})
        await world.put(f"/tools/zeta_{name}", {"definition": TOOL}, world.zoe)
    for kind, names in (("tools", ["a", "b", "c"]), ("secrets", ["A", "B", "C"])):
        first = (await anna.get(f"/{kind}?limit=2")).json()
        second = (await anna.get(f"/{kind}?limit=2&cursor={first['next_cursor']}")).json()
        assert [item["name"] for item in first["items"] + second["items"]] == names
        assert second["next_cursor"] is None


async def test_a_secret_goes_in_and_never_comes_out(world: World, anna: httpx2.AsyncClient) -> None:
    told = await anna.put("/secrets/SHOP_KEY", json={"value": VALUE})
    listed = await anna.get("/secrets")
    (envelope,) = world.bus.sent
    for text in (told.text, listed.text, envelope.model_dump_json()):
        assert VALUE not in text
    assert SECRETS.open(world.tenant, envelope.data["ciphertext"]) == VALUE
    (shown,) = listed.json()["items"]
    assert shown.keys() == {"name", "fingerprint", "created_at", "updated_at"}
    assert shown["fingerprint"] == envelope.data["fingerprint"]
    assert (await anna.delete("/secrets/SHOP_KEY")).status_code == 200
    assert (await anna.get("/secrets")).json()["items"] == []


async def test_a_secret_is_not_repeated_in_an_error(world: World, anna: httpx2.AsyncClient) -> None:
    for body in ({"value": VALUE, VALUE: 1}, {"value": [VALUE]}, {"value": VALUE * 900}, {"values": VALUE}):
        response = await anna.put("/secrets/SHOP_KEY", json=body)
        told = problem(response, 422, "request.invalid")
        assert VALUE not in str([found["message"] for found in told["problems"]])
    assert world.bus.sent == []


async def test_a_retry_of_a_secret_gets_the_first_answer(world: World, anna: httpx2.AsyncClient) -> None:
    """Though it is encrypted anew each time."""
    key = {"Idempotency-Key": "once"}
    first = await anna.put("/secrets/SHOP_KEY", json={"value": VALUE}, headers=key)
    again = await anna.put("/secrets/SHOP_KEY", json={"value": VALUE}, headers=key)
    other = await anna.put("/secrets/SHOP_KEY", json={"value": "another value"}, headers=key)
    assert first.json() == again.json()
    problem(other, 409, "request.idempotency_conflict")


@pytest.mark.parametrize(
    "path", ["/tools/Upper", "/tools/1a", "/tools/a-b", "/secrets/lower", "/secrets/A.B", "/secrets/A*"]
)
async def test_names_are_names(anna: httpx2.AsyncClient, path: str) -> None:
    body: dict[str, Any] = {"definition": TOOL} if "tools" in path else {"value": VALUE}
    problem(await anna.put(path, json=body), 422, "request.invalid")


async def test_only_servers_of_the_operators_list_are_taken(anna: httpx2.AsyncClient) -> None:
    for server, status in (("files", 200), ("shell", 403)):
        definition = {"type": "mcp", "server": server, "tool": "read"}
        response = await anna.put("/tools/read", json={"definition": definition})
        assert response.status_code == status
    problem(response, 403, "tool.server_not_allowed")


async def test_tools_are_for_tenants(reseller: httpx2.AsyncClient, admin: httpx2.AsyncClient) -> None:
    for client in (reseller, admin):
        problem(await client.put("/tools/a", json={"definition": TOOL}), 403, "auth.forbidden")
        problem(await client.get("/secrets"), 403, "auth.forbidden")
