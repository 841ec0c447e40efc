from collections.abc import AsyncIterator

import psycopg
import pytest

from infra.db.migrate import migrate
from projections.install import install
from projections.registry import PROJECTIONS
from tests.projections.world import World
from tests.support.servers import FreshDatabase

TEMPLATE = "projections_template"


@pytest.fixture(scope="session")
async def installed(fresh_database: FreshDatabase) -> str:
    """A database with our schema, copied for every test."""
    url = fresh_database(TEMPLATE)
    migrate(url)
    async with await psycopg.AsyncConnection.connect(url) as conn:
        await install(conn, PROJECTIONS)
    return TEMPLATE


@pytest.fixture
def database_url(fresh_database: FreshDatabase, installed: str) -> str:
    return fresh_database("projections_test", template=installed)


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with World(database_url) as world:
        yield world
