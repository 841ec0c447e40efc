from collections.abc import AsyncIterator

import httpx2
import pytest

from tests.api.world import World


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
