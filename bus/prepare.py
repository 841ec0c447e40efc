"""Makes a database ready for this version: migrations, coming months, projections it does not know yet."""

import asyncio

import psycopg

from infra.db.migrate import migrate
from infra.eventstore import partitions
from projections.install import install
from projections.registry import PROJECTIONS


async def prepare(database_url: str) -> int:
    """Idempotent; run as the database's owner. Returns the schema version."""
    version = await asyncio.to_thread(migrate, database_url)
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as conn:
        await partitions.ensure(conn)
        await install(conn, PROJECTIONS)
    return version
