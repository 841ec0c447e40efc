"""Coming months' partitions are made and old ones of the access log dropped, as the tables' owner."""

import asyncio
from datetime import UTC, datetime

import psycopg
import structlog

from infra.access_log import months as access_months
from infra.eventstore.partitions import ensure

EVERY_SECONDS = 3_600.0

log = structlog.get_logger(__name__)


async def keep_ahead(database_url: str, months_of_access: int) -> None:
    """Failing is no outage: what has no month of its own goes to the partition for the rest."""
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as conn:
                await ensure(conn)
                await access_months.ensure(conn)
                await forget_access(conn, months_of_access)
        except psycopg.Error as error:
            log.warning("months not made ahead", error=repr(error))
        await asyncio.sleep(EVERY_SECONDS)


async def forget_access(conn: psycopg.AsyncConnection, months: int) -> None:
    first = access_months.first_kept(datetime.now(UTC).date(), months)
    if gone := await access_months.drop_before(conn, first):
        log.info("months of the access log dropped", tables=gone)
