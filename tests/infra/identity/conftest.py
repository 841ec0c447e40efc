from collections.abc import AsyncIterator
from typing import Any

import pytest
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from infra.db.migrate import migrate
from infra.db.pools import VAULT, async_pool
from tests.support.builders import NOW
from tests.support.fakes.clock import FakeClock
from tests.support.servers import FreshDatabase

MASTERS = ("a master key", "an older one")


@pytest.fixture(scope="session")
def vault_url(fresh_database: FreshDatabase) -> str:
    url = fresh_database("vault")
    migrate(url)
    return url


@pytest.fixture(scope="session")
async def pool(vault_url: str) -> AsyncIterator[AsyncConnectionPool[AsyncConnection[Any]]]:
    async with async_pool(vault_url, VAULT) as opened:
        yield opened


@pytest.fixture(params=["memory", "postgres"])
def kind(request: pytest.FixtureRequest) -> str:
    """Every store is asked the same questions twice: the one for tests, and the real one."""
    return str(request.param)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)
