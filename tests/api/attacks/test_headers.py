"""What a request says of itself beside its token: nothing of it says who asks, and none of it is repeated."""

from typing import Any

import httpx2
import pytest
import structlog

from tests.api.attacks.routes import key
from tests.api.world import AGENT, World, problem

NAMES = [
    *("X-Tenant-Id", "X-Tenant", "Tenant-Id", "X-Partner-Id", "X-User-Id", "X-Actor", "X-Role"),
    *("X-Forwarded-User", "X-Remote-User", "X-Impersonate", "X-Original-User", "X-Scope"),
]
PLACES = [
    {"Host": "zeta.hirebuddha.example"},
    {"X-Forwarded-Host": "zeta.hirebuddha.example"},
    {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1", "Forwarded": "for=127.0.0.1;host=zeta"},
    {"X-Forwarded-Prefix": "/tenants", "X-Forwarded-Proto": "gopher"},
    {"X-Original-URL": "/partners", "X-Rewrite-URL": "/partners"},
    {"X-HTTP-Method-Override": "DELETE", "X-Method-Override": "DELETE", "X-HTTP-Method": "DELETE"},
]


def smuggled(world: World) -> list[dict[str, str]]:
    tenants = [{name: str(world.other_tenant)} for name in NAMES]
    people = [{name: world.admin.id} for name in NAMES]
    roles = [{name: "platform_admin"} for name in NAMES]
    return [*tenants, *people, *roles, *PLACES]


async def test_no_header_makes_anybody_somebody_else(world: World) -> None:
    """Reads and writes are the tenant's of the token, whatever else is said."""
    await world.make("/agents", {**AGENT, "name": "Zeta's"}, world.zoe)
    for headers in smuggled(world):
        async with world.client(world.anna, **headers) as client:
            told = (await client.get("/auth/me")).json()
            assert told["tenant_id"] == str(world.tenant), headers
            assert told["role"] == world.anna.role
            assert "Zeta's" not in (await client.get("/agents")).text
            made = await client.post("/agents", json=AGENT, headers=key())
        assert made.status_code == 201, headers
        assert world.bus.sent[-1].tenant_id == world.tenant
        assert world.bus.sent[-1].partner_id == world.partner


async def test_the_same_in_the_query_does_nothing_either(world: World, anna: httpx2.AsyncClient) -> None:
    query = {"tenant_id": str(world.other_tenant), "role": "platform_admin", "actor": world.admin.id}
    assert (await anna.get("/auth/me", params=query)).json()["tenant_id"] == str(world.tenant)
    assert (await anna.post("/agents", params=query, json=AGENT)).status_code == 201
    assert world.bus.sent[-1].tenant_id == world.tenant


LINES = ["a\r\nlevel=error", "a\nSet-Cookie: x=1", "a\u0085b", "\x1b[2J", "a b", "é", "x" * 129, "a\0b"]


@pytest.mark.parametrize("text", LINES)
async def test_no_header_writes_lines_of_ours(world: World, text: str) -> None:
    """Neither into the log nor into the answer: ids of requests that are not plain are ours instead."""
    seen: list[Any] = []

    def keep(_: Any, __: str, event: Any) -> Any:
        seen.append(dict(event))
        raise structlog.DropEvent

    raw = [
        (name, text.encode("latin-1", "replace")) for name in (b"x-request-id", b"user-agent", b"traceparent")
    ]
    before = structlog.get_config()
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, keep])
    try:
        async with world.client() as client:
            response = await client.get("/health/live", headers=raw)
    finally:
        structlog.configure(**before)
    assert response.status_code == 200
    assert response.headers["x-request-id"] != text
    assert "set-cookie" not in response.headers
    assert text.strip() not in str([list(line.values()) for line in seen])


@pytest.mark.parametrize(
    "path", ["/%0d%0aSet-Cookie:%20x=1", "/agents/%0d%0aLocation:%20http://evil.example"]
)
async def test_no_url_writes_headers_of_ours(anna: httpx2.AsyncClient, path: str) -> None:
    response = await anna.get(path)
    assert response.status_code in (404, 422)
    assert not {"set-cookie", "location"} & set(response.headers)


async def test_a_key_writes_no_headers(world: World, anna: httpx2.AsyncClient) -> None:
    world.bus.slow = True
    headers = [(b"idempotency-key", b"a\r\nX-Evil: 1")]
    response = await anna.post("/agents", json=AGENT, headers=headers)
    assert response.status_code == 202
    assert "x-evil" not in response.headers
    assert "\n" not in response.headers["location"]


async def test_a_length_that_lies_is_no_way_around_the_limit(anna: httpx2.AsyncClient) -> None:
    for length in ("-1", "1e3", "0x10", "1, 2", "٣"):
        headers = [(b"content-length", length.encode()), (b"content-type", b"application/json")]
        response = await anna.post("/agents", content=b"x" * 1_100_000, headers=headers)
        problem(response, 413, "request.too_large")
