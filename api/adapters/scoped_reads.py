"""What all reads stand on: a pool, and one transaction per question."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from infra.db import scope as db
from infra.db.scope import Scope

Connection = AsyncConnection[Any]
R = TypeVar("R")
T = TypeVar("T")


class ScopedReads:
    """`pool`: connections that act as `hb_api`, which row-level security binds."""

    def __init__(self, pool: AsyncConnectionPool[Connection]) -> None:
        self._pool = pool

    def _scoped(self, scope: Scope) -> AbstractAsyncContextManager[Connection]:
        return db.scoped(self._pool, scope)

    async def _one(
        self, scope: Scope, query: Callable[[Connection], Awaitable[R | None]], shown: Callable[[R], T]
    ) -> T | None:
        async with self._scoped(scope) as conn:
            found = await query(conn)
        return shown(found) if found is not None else None
