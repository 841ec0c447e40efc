"""A sealed ledger's readers on a test's database, without pools."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg

from api.adapters.audit import PostgresAudit
from infra.audit.store import Connection
from infra.db.pools import API, options
from infra.db.scope import SET, Scope
from tests.support.ledger import KEYS


def ledger_of(url: str) -> PostgresAudit:
    """As the edge reads it: with the edge's rights, in the scope of whoever asks."""

    @asynccontextmanager
    async def connect(scope: Scope) -> AsyncIterator[Connection]:
        async with await psycopg.AsyncConnection.connect(url, options=options(API)) as conn:
            await conn.execute(SET, scope.settings())
            yield conn

    return PostgresAudit(KEYS, connect)
