import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bus.prepare import prepare
from infra.eventstore.postgres import PostgresEventStore
from infra.eventstore.types import EventStore
from tests.support.fakes.event_store import MemoryEventStore
from tests.support.llm import local_llm_url, scripted_llm, scripted_llm_session
from tests.support.servers import FreshDatabase

__all__ = ["local_llm_url", "scripted_llm", "scripted_llm_session"]


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """Not below pytest's own temporary folder, whose modes it resets while we run."""
    folder = Path(tempfile.mkdtemp(prefix="hb-data-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
async def store_url(fresh_database: FreshDatabase) -> str:
    url = fresh_database("event_store")
    await prepare(url)
    return url


@pytest.fixture(scope="session")
def postgres_store(store_url: str) -> Iterator[PostgresEventStore]:
    store = PostgresEventStore(store_url)
    yield store
    store.close()


@pytest.fixture(params=["memory", "postgres"])
def store(request: pytest.FixtureRequest) -> EventStore:
    if request.param == "memory":
        return MemoryEventStore()
    found: EventStore = request.getfixturevalue("postgres_store")
    return found
