"""The access log on Postgres, behind two pools: one that writes it and cannot read, one that reads."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from api.adapters import cursors
from api.gateway.access_writer import AccessWriter
from api.paging import Page
from infra.access_log import postgres
from infra.access_log.entries import Access, Wanted
from infra.db.scope import Scope, scoped

Pool = AsyncConnectionPool[AsyncConnection[Any]]


class PostgresAccess:
    def __init__(self, writer: AccessWriter, reading: Pool) -> None:
        self._writer, self._reading = writer, reading

    async def put(self, entry: Access, until_written: bool = False) -> None:
        await self._writer.put(entry, until_written)

    async def page(self, scope: Scope, wanted: Wanted, cursor: str | None, limit: int) -> Page[Access]:
        before = cursors.before(cursor)
        async with scoped(self._reading, scope) as conn:
            found = await postgres.page(conn, scope, wanted, before, limit)
        last = found[-1] if len(found) == limit else None
        return Page(found, f"{last.at.isoformat()} {last.id}" if last else None)


@asynccontextmanager
async def access_log(writing: Pool, reading: Pool) -> AsyncIterator[PostgresAccess]:
    async def store(entries: Sequence[Access]) -> None:
        async with writing.connection() as conn:
            await postgres.insert(conn, entries)

    async with AccessWriter(store).running() as writer:
        yield PostgresAccess(writer, reading)
