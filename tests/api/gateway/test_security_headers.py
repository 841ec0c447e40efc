"""What browsers are told, and what callers say that nobody listens to."""

from typing import Any

import httpx2
import pytest

from api.gateway.addresses import networks
from api.gateway.cors import origins
from api.parts import Limits
from infra.errors import SetupError
from tests.api.world import AGENT, World, problem

CONSOLE = "https://console.example.com"
EVIL = "https://evil.example"

SMUGGLED = (
    *("X-Tenant-Id", "X-Partner-Id", "X-User-Id", "X-Role", "X-Forwarded-Host", "X-Forwarded-User"),
    *("X-Forwarded-Prefix", "X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override", "X-Actor"),
    *("X-Method-Override", "Forwarded", "X-Real-IP", "X-Forwarded-For", "X-Amzn-Oidc-Identity"),
)


@pytest.mark.parametrize("path", ["/agents", "/health/live", "/docs", "/nowhere", "/openapi.json"])
async def test_every_answer_is_safe_for_a_browser(nobody: httpx2.AsyncClient, path: str) -> None:
    headers = (await nobody.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert ("script-src" in policy) is (path == "/docs")
    assert "strict-transport-security" not in headers
    assert "server" not in headers


async def test_https_is_kept_to(world: World) -> None:
    async with world.client(base_url="https://test") as nobody:
        answer = await nobody.get("/health/live")
    assert answer.headers["strict-transport-security"].startswith("max-age=")


@pytest.mark.parametrize("proxies, told", [("127.0.0.1", True), ("10.0.0.0/8", False)])
async def test_only_a_proxy_of_ours_says_that_it_was_https(world: World, proxies: str, told: bool) -> None:
    world.limits = Limits(trusted_proxies=networks(proxies))
    world.app = world.build()
    async with world.client() as proxy:
        answer = await proxy.get("/health/live", headers={"X-Forwarded-Proto": "https"})
    assert ("strict-transport-security" in answer.headers) is told


@pytest.mark.parametrize("name", SMUGGLED)
async def test_headers_that_mean_something_elsewhere_mean_nothing(world: World, name: str) -> None:
    agent_id = await world.make("/agents", AGENT, world.zoe)
    said = {
        "X-HTTP-Method-Override": "DELETE",
        "X-Method-Override": "DELETE",
        "X-Original-URL": "/health/live",
        "X-Rewrite-URL": "/health/live",
        "X-Role": "app_admin",
        "X-Partner-Id": str(world.other_partner),
        "Forwarded": f"for=10.0.0.1;host={EVIL}",
    }.get(name, str(world.other_tenant))
    async with world.client(world.anna) as anna:
        plain, smuggled = [
            (
                await anna.get("/agents", headers=headers),
                await anna.get(f"/agents/{agent_id}", headers=headers),
            )
            for headers in ({}, {name: said})
        ]
        made = await anna.post("/agents", json=AGENT, headers={name: said})
    assert [told(answer) for answer in plain] == [told(answer) for answer in smuggled]
    assert made.status_code == 201
    assert world.bus.sent[-1].tenant_id == world.tenant
    assert world.access.entries[-1].method == "POST"
    assert world.access.entries[-1].ip == "127.0.0.1"


def told(answer: httpx2.Response) -> tuple[int, Any]:
    body = answer.json()
    body.pop("request_id", None)
    return answer.status_code, body


def sharing(world: World, listed: str = CONSOLE) -> World:
    world.limits = Limits(cors_origins=origins(listed))
    world.app = world.build()
    return world


async def test_a_listed_origin_may_with_credentials(world: World) -> None:
    async with sharing(world).client(world.anna) as anna:
        answer = await anna.get("/agents", headers={"Origin": CONSOLE})
    assert answer.headers["access-control-allow-origin"] == CONSOLE
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert "RateLimit" in answer.headers["access-control-expose-headers"]
    assert answer.headers["vary"] == "Origin"


@pytest.mark.parametrize(
    "origin", [EVIL, "null", f"{CONSOLE}.evil.example", "http://console.example.com", ""]
)
async def test_another_origin_is_told_nothing(world: World, origin: str) -> None:
    asked = {"Access-Control-Request-Method": "POST"}
    async with sharing(world).client(world.anna) as anna:
        answers = [
            await anna.get("/agents", headers={"Origin": origin}),
            await anna.options("/agents", headers={"Origin": origin, **asked}),
        ]
    for answer in answers:
        assert [name for name in answer.headers if name.startswith("access-control")] == []
        assert answer.headers["vary"] == "Origin"


async def test_a_preflight_needs_no_token(world: World) -> None:
    async with sharing(world).client() as nobody:
        asked = {"Origin": CONSOLE, "Access-Control-Request-Method": "DELETE"}
        answer = await nobody.options("/agents", headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == CONSOLE
    assert "DELETE" in answer.headers["access-control-allow-methods"]
    assert "Idempotency-Key" in answer.headers["access-control-allow-headers"]


async def test_a_problem_is_shared_too(world: World) -> None:
    async with sharing(world).client() as nobody:
        answer = await nobody.get("/agents", headers={"Origin": CONSOLE})
    problem(answer, 401, "auth.missing_token")
    assert answer.headers["access-control-allow-origin"] == CONSOLE


async def test_nothing_listed_nothing_is_shared(world: World) -> None:
    async with world.client(world.anna) as anna:
        answer = await anna.get("/agents", headers={"Origin": CONSOLE})
        asked = {"Origin": CONSOLE, "Access-Control-Request-Method": "GET"}
        problem(await anna.options("/agents", headers=asked), 405, "request.method_not_allowed")
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("text", ["*", "https://*.example.com", f"{CONSOLE}/", "console.example.com", "null"])
def test_what_is_no_origin_stops_the_start(text: str) -> None:
    with pytest.raises(SetupError, match="HB_CORS_ORIGINS"):
        origins(text)
