import asyncio

import httpx2

from tests.api.world import World, problem


async def fine() -> None:
    pass


async def broken() -> None:
    raise ConnectionError("postgres://user:secret@host")


async def hanging() -> None:
    await asyncio.sleep(60)


async def test_alive_is_alive(nobody: httpx2.AsyncClient) -> None:
    assert (await nobody.get("/health/live")).json() == {"status": "alive"}


async def test_ready_names_every_check(world: World, nobody: httpx2.AsyncClient) -> None:
    world.checks.update(postgres=fine, nats=fine)
    told = (await nobody.get("/health/ready")).json()
    assert told["status"] == "ready"
    assert {name: result["ok"] for name, result in told["checks"].items()} == {"postgres": True, "nats": True}


async def test_not_ready_says_what_is_missing_and_no_more(world: World, nobody: httpx2.AsyncClient) -> None:
    world.checks.update(postgres=broken, nats=fine, model=hanging)
    response = await nobody.get("/health/ready")
    told = problem(response, 503, "service.not_ready")
    assert told["detail"] == "Not ready: postgres, model."
    assert told["checks"]["postgres"]["error"] == "ConnectionError"
    assert told["checks"]["model"]["error"] == "TimeoutError"
    assert "secret" not in response.text


async def test_metrics_count_by_route_not_by_path(world: World, nobody: httpx2.AsyncClient) -> None:
    async with world.client(world.anna) as anna:
        await anna.get(f"/agents/{world.tenant}")
    await nobody.get("/no/such/place")
    response = await nobody.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain")
    assert 'hb_http_requests_total{method="GET",route="/agents/{agent_id}",status="404"}' in response.text
    assert 'route="unmatched",status="404"' in response.text
    assert str(world.tenant) not in response.text


async def test_the_docs_page_needs_nothing_from_elsewhere(nobody: httpx2.AsyncClient) -> None:
    response = await nobody.get("/docs")
    assert response.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in response.headers["content-security-policy"]
    for outside in ("http://", "https://", "//cdn", "@import", "src="):
        assert outside not in response.text
    assert "openapi.json" in response.text
