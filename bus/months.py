"""The coming months' partitions of payloads are made while the platform runs, as the tables' owner."""

import asyncio

import psycopg
import structlog

from infra.eventstore.partitions import ensure

EVERY_SECONDS = 3_600.0

log = structlog.get_logger(__name__)


async def keep_ahead(database_url: str) -> None:
    """Failing is no outage: what has no month of its own goes to the partition for the rest."""
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as conn:
                await ensure(conn)
        except psycopg.Error as error:
            log.warning("months of payloads not made ahead", error=repr(error))
        await asyncio.sleep(EVERY_SECONDS)
