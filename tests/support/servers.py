"""One real Postgres and one real NATS per test session."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from bus.permissions import USERS
from infra.embedded.nats import EmbeddedNats
from infra.embedded.postgres import EmbeddedPostgres

FreshDatabase = Callable[..., str]


@pytest.fixture(scope="session")
def servers_dir() -> Iterator[Path]:
    """Not below pytest's own temporary folder, whose modes it resets while we run."""
    folder = Path(tempfile.mkdtemp(prefix="hb-tests-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
async def postgres_server(servers_dir: Path) -> AsyncIterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(servers_dir / "postgres", servers_dir / "logs" / "postgres.log")
    await server.start()
    yield server
    await server.stop()


@pytest.fixture(scope="session")
def postgres_url(postgres_server: EmbeddedPostgres) -> str:
    return postgres_server.url


@pytest.fixture(scope="session")
def fresh_database(postgres_server: EmbeddedPostgres) -> FreshDatabase:
    """`fresh_database("name")` makes that database anew and gives its address.

    With `template="other"` it starts as a copy of another database nobody is connected to.
    """

    def create(name: str, template: str = "template0") -> str:
        recreate(postgres_server.url, name, template)
        return postgres_server.url_of(name)

    return create


@pytest.fixture(scope="session")
async def nats_server(servers_dir: Path) -> AsyncIterator[EmbeddedNats]:
    server = EmbeddedNats(servers_dir / "nats", servers_dir / "logs" / "nats.log", USERS)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture(scope="session")
def nats_url(nats_server: EmbeddedNats) -> str:
    return nats_server.url


def recreate(server_url: str, name: str, template: str) -> None:
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
