from collections.abc import AsyncIterator

import httpx2
import pytest
import structlog

from tests.api.world import World


@pytest.fixture(autouse=True, scope="session")
def plain_logs() -> None:
    """structlog's default paints tracebacks with all locals: slow, and locals hold passwords."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ]
    )


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def anna(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    async with world.client(world.anna) as client:
        yield client


@pytest.fixture
async def reseller(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    async with world.client(world.reseller) as client:
        yield client


@pytest.fixture
async def admin(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    async with world.client(world.admin) as client:
        yield client


@pytest.fixture
async def nobody(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    async with world.client() as client:
        yield client
