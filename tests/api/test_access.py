"""What the access log tells of requests, and to whom."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from infra.access_log.entries import Access
from schemas.base import TenantId
from schemas.envelope import Actor
from tests.api.world import AGENT, PASSWORD, World, problem


def last(world: World) -> Access:
    return world.access.entries[-1]


async def test_a_change_is_recorded_with_who_what_and_why_they_could(world: World) -> None:
    async with world.client(world.anna, **{"User-Agent": "tests/1"}) as anna:
        made = await anna.post("/agents?note=secret", json=AGENT)
    found = last(world)
    assert (found.actor, found.subject) == (f"user:{world.anna.id}", world.anna.id)
    assert (found.tenant_id, found.partner_id, found.role) == (world.tenant, world.partner, "tenant_admin")
    assert (found.method, found.route, found.status) == ("POST", "/agents", 201)
    assert (found.decision, found.code, found.permission) == ("allowed", None, "authoring:write")
    assert (found.ip, found.user_agent) == ("127.0.0.1", "tests/1")
    assert found.request_id == made.headers["x-request-id"]
    assert found.impersonator is None
    assert "secret" not in repr(found) and "Greeter" not in repr(found)


async def test_plain_reads_are_not_recorded(world: World) -> None:
    async with world.client(world.anna) as anna:
        for path in ("/agents", f"/agents/{uuid4()}", "/health/live", "/audit/access"):
            await anna.get(path)
    assert world.access.entries == []


async def test_exports_are(world: World) -> None:
    async with world.client(world.anna) as anna:
        assert (await anna.get("/audit/access/export")).status_code == 200
    assert last(world).route == "/audit/access/export"


@pytest.mark.parametrize(
    "path, code", [("/agents", "auth.missing_token"), ("/auth/me", "auth.missing_token")]
)
async def test_who_is_not_known_is_recorded_as_nobody(world: World, path: str, code: str) -> None:
    async with world.client() as nobody:
        await nobody.get(path)
    found = last(world)
    assert (found.decision, found.status, found.code) == ("denied", 401, code)
    assert (found.actor, found.tenant_id) == (None, None)


async def test_what_a_role_does_not_include_is_recorded_with_the_permission(world: World) -> None:
    async with world.client(world.anna) as anna:
        await anna.post("/partners", json={"name": "X"})
    found = last(world)
    assert (found.decision, found.code, found.permission) == ("denied", "auth.forbidden", "partners:create")


@pytest.mark.parametrize("password, status", [(PASSWORD, 200), ("wrong wrong wrong", 401)])
async def test_signing_in_is_recorded_before_it_is_answered(world: World, password: str, status: int) -> None:
    async with world.client() as nobody:
        form = {"username": "anna@acme.example", "password": password}
        assert (await nobody.post("/auth/token", data=form)).status_code == status
        found = last(world)
        assert (found.route, found.status, world.access.sure[-1]) == ("/auth/token", status, True)
        assert found.subject == (world.anna.id if status == 200 else None)
        assert "anna" not in repr(found) and password not in repr(found)
        world.access.away = True
        refused = await nobody.post("/auth/token", data=form)
    problem(refused, 503, "access_log.unavailable")
    assert "access_token" not in refused.text


async def test_a_change_that_cannot_be_recorded_is_not_answered(world: World) -> None:
    world.access.away = True
    async with world.client(world.anna) as anna:
        problem(await anna.post("/agents", json=AGENT), 503, "access_log.unavailable")
        assert (await anna.get("/agents")).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "sure"),
    [
        ("PUT", "/secrets/SHOP_KEY", True),
        ("DELETE", "/members/{user}", True),
        ("DELETE", "/tenants/{tenant}/members/{user}", True),
        ("POST", "/partners/{partner}/invitations", True),
        ("PUT", "/support/consent", True),
        ("POST", "/auth/switch", True),
        ("PUT", "/tools/find_order", False),
        ("POST", "/agents", False),
    ],
)
async def test_what_opens_doors_is_recorded_before_it_is_answered(
    world: World, method: str, path: str, sure: bool
) -> None:
    place = path.format(user=world.zoe.id, tenant=world.tenant, partner=world.partner)
    async with world.client(world.anna) as anna:
        await anna.request(method, place, json={})
    assert world.access.sure == [sure]


async def test_a_read_in_anothers_name_is_recorded_before_it_is_answered(world: World) -> None:
    support = str(uuid4())
    acting = world.anna.model_copy(update={"impersonator": support})
    async with world.client(acting) as client:
        assert (await client.get("/agents")).status_code == 200
    found = last(world)
    assert (found.method, found.route, found.decision) == ("GET", "/agents", "allowed")
    assert (found.subject, found.impersonator, world.access.sure[-1]) == (world.anna.id, support, True)


async def test_our_own_failures_are_recorded_as_such(world: World) -> None:
    async def broken(*_: Any) -> None:
        raise RuntimeError

    world.bus.submit = broken  # type: ignore[assignment,method-assign]
    async with world.client(world.anna) as anna:
        await anna.post("/agents", json=AGENT)
    assert (last(world).status, last(world).code) == (500, "service.failed")


async def test_a_browsers_name_is_cut_and_cleaned(world: World) -> None:
    async with world.client(None, **{"User-Agent": "a\tb" + "x" * 5_000}) as nobody:
        await nobody.get("/agents")
    assert last(world).user_agent == "ab" + "x" * 198


async def filled(world: World) -> None:
    for actor in (world.anna, world.zoe, world.reseller):
        async with world.client(actor) as client:
            await client.post("/agents", json=AGENT)
            await client.post("/workflows", json={})


async def listed(world: World, reader: Actor, **query: Any) -> list[dict[str, Any]]:
    async with world.client(reader) as client:
        response = await client.get("/audit/access", params=query)
    assert response.status_code == 200, response.text
    items: list[dict[str, Any]] = response.json()["items"]
    return items


async def test_each_sees_what_is_theirs(world: World) -> None:
    await filled(world)
    ids = {name: getattr(world, name).id for name in ("anna", "zoe", "reseller")}

    async def seen(actor: Actor) -> set[str]:
        return {item["subject"] for item in await listed(world, actor)}

    assert await seen(world.anna) == {ids["anna"]}
    assert await seen(world.reseller) == {ids["anna"], ids["reseller"]}
    assert await seen(world.rival) == {ids["zoe"]}
    assert await seen(world.admin) == set(ids.values())


async def test_it_is_searched(world: World) -> None:
    await filled(world)
    everything = await listed(world, world.admin)
    assert [item["at"] for item in everything] == sorted((item["at"] for item in everything), reverse=True)
    by_route = await listed(world, world.admin, route="/agents")
    assert {item["route"] for item in by_route} == {"/agents"}
    denied = await listed(world, world.admin, decision="denied")
    assert {item["subject"] for item in denied} == {world.reseller.id}
    by_actor = await listed(world, world.admin, actor=f"user:{world.zoe.id}")
    assert len(by_actor) == len(await listed(world, world.admin, actor=world.zoe.id)) == 2
    assert len(await listed(world, world.admin, tenant_id=str(world.tenant))) == 2
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert await listed(world, world.admin, since=soon) == []
    assert len(await listed(world, world.admin, until=soon)) == len(everything)


async def test_it_is_read_page_by_page(world: World) -> None:
    await filled(world)
    async with world.client(world.admin) as admin:
        first = (await admin.get("/audit/access", params={"limit": 4})).json()
        rest = (await admin.get("/audit/access", params={"cursor": first["next_cursor"]})).json()
    found = [item["id"] for item in first["items"] + rest["items"]]
    assert len(found) == len(set(found)) == 6


async def test_anothers_tenant_is_not_searched(world: World) -> None:
    async with world.client(world.anna) as anna:
        for tenant_id in (world.other_tenant, TenantId(uuid4())):
            answer = await anna.get("/audit/access", params={"tenant_id": str(tenant_id)})
            problem(answer, 404, "tenancy.tenant_not_found")


@pytest.mark.parametrize(
    "query",
    [{"decision": "maybe"}, {"since": "yesterday"}, {"since": "2026-01-01T00:00:00"}, {"actor": "a\0b"}],
    ids=str,
)
async def test_a_wrong_search_is_refused(admin: httpx2.AsyncClient, query: dict[str, str]) -> None:
    problem(await admin.get("/audit/access", params=query), 422, "request.invalid")


async def test_it_is_taken_along(world: World) -> None:
    async with world.client(world.anna, **{"User-Agent": "=HYPERLINK(1)"}) as anna:
        await anna.post("/agents", json=AGENT)
        sheet = await anna.get("/audit/access/export", params={"form": "csv"})
        lines = await anna.get("/audit/access/export")
    assert sheet.headers["content-type"].startswith("text/csv")
    assert 'filename="access.csv"' in sheet.headers["content-disposition"]
    [row] = csv.DictReader(io.StringIO(sheet.text))
    assert (row["route"], row["user_agent"], row["code"]) == ("/agents", "'=HYPERLINK(1)", "")
    found = [json.loads(line) for line in lines.text.splitlines()]
    assert [one["route"] for one in found] == ["/audit/access/export", "/agents"]


async def test_a_month_is_the_longest_that_is_taken_along(admin: httpx2.AsyncClient) -> None:
    query = {"since": "2026-01-01T00:00:00Z", "until": "2026-02-02T00:00:00Z"}
    problem(await admin.get("/audit/access/export", params=query), 422, "request.invalid")
