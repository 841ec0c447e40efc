from collections.abc import Iterator

import psycopg
import pytest

from bus.prepare import prepare
from tests.support.servers import FreshDatabase


@pytest.fixture(scope="session")
async def prepared_database(fresh_database: FreshDatabase) -> str:
    """The address of a database as `prepare` leaves it."""
    url = fresh_database("architecture")
    await prepare(url)
    return url


@pytest.fixture
def database(prepared_database: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(prepared_database, autocommit=True) as connection:
        yield connection
