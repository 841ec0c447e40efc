"""A connection to the running platform's database, as its worker or as its owner."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg

from infra.db.migrate import applied_version, newest
from infra.db.pools import WORKER, options
from infra.start_checks import check_postgres, check_schema

Connection = psycopg.AsyncConnection[Any]


@asynccontextmanager
async def connected(database_url: str) -> AsyncIterator[Connection]:
    """As the worker, which sees every tenant. What cannot work is a SetupError."""
    await ready(database_url)
    async with await psycopg.AsyncConnection.connect(
        database_url, options=options(WORKER), autocommit=True
    ) as conn:
        yield conn


async def ready(database_url: str) -> None:
    await check_postgres(database_url)
    check_schema(newest(), await schema_version(database_url))


async def schema_version(database_url: str) -> int | None:
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as conn:
        return await applied_version(conn)
