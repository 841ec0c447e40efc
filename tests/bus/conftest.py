"""Each test has a NATS of its own, because it may break it, and a database of its own."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bus.broker import Bus, connected
from bus.heartbeat import Heartbeat, beating
from bus.permissions import USERS
from bus.prepare import prepare
from bus.streams import ensure_streams
from infra.embedded.nats import EmbeddedNats
from infra.eventstore.postgres import PostgresEventStore
from tests.bus.workers import SHORT
from tests.support.client import Client
from tests.support.servers import FreshDatabase

TEMPLATE = "bus_template"


@pytest.fixture(scope="session")
async def prepared(fresh_database: FreshDatabase) -> str:
    await prepare(fresh_database(TEMPLATE))
    return TEMPLATE


@pytest.fixture
def database_url(fresh_database: FreshDatabase, prepared: str) -> str:
    return fresh_database("bus_test", template=prepared)


@pytest.fixture
async def nats() -> AsyncIterator[EmbeddedNats]:
    folder = Path(tempfile.mkdtemp(prefix="hb-bus-"))
    server = EmbeddedNats(folder / "nats", folder / "nats.log", USERS, sync_interval="10s")
    await server.start()
    yield server
    await server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
async def bus(nats: EmbeddedNats) -> AsyncIterator[Bus]:
    async with connected(nats.url, "tests") as bus:
        await ensure_streams(bus.js)
        yield bus


@pytest.fixture
async def heartbeat(nats: EmbeddedNats) -> AsyncIterator[Heartbeat]:
    async with beating(nats.url, SHORT.ack_wait) as heartbeat:
        yield heartbeat


@pytest.fixture
def store(database_url: str) -> Iterator[PostgresEventStore]:
    store = PostgresEventStore(database_url)
    yield store
    store.close()


@pytest.fixture
async def client(bus: Bus) -> Client:
    client = Client(bus)
    await client.start()
    return client
