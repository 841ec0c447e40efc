import itertools
from collections.abc import AsyncIterator

import psycopg
import pytest

from infra.db.migrate import migrate
from projections.install import install
from projections.registry import PROJECTIONS
from tests.projections.world import World
from tests.support.servers import FreshDatabase

TEMPLATE = "projections_template"
NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
async def installed(fresh_database: FreshDatabase) -> str:
    """A database with our schema, to copy."""
    url = fresh_database(TEMPLATE)
    migrate(url)
    async with await psycopg.AsyncConnection.connect(url) as conn:
        await install(conn, PROJECTIONS)
    return TEMPLATE


@pytest.fixture(scope="session")
def shared_url(fresh_database: FreshDatabase, installed: str) -> str:
    return fresh_database("projections_shared", template=installed)


@pytest.fixture
async def world(shared_url: str) -> AsyncIterator[World]:
    """Empty tables, as they were installed. For tests that leave the schema alone."""
    async with World(shared_url) as world:
        await world.clear()
        yield world


@pytest.fixture
async def own_world(fresh_database: FreshDatabase, installed: str) -> AsyncIterator[World]:
    """A database of its own. Left behind with the server: dropping one forces a checkpoint."""
    async with World(fresh_database(f"projections_{next(NUMBERS)}", template=installed)) as world:
        yield world
