"""Where the last letter to somebody goes, as their row in the read model says."""

from typing import Any

from psycopg_pool import AsyncConnectionPool

from infra.eventstore.types import Clock
from infra.identity.farewell import Box, farewell
from projections.users import queries
from schemas.base import UserId
from schemas.personal import Personal


class ProjectedFarewells:
    """`pool`: connections that act as the worker, which sees everybody."""

    def __init__(self, pool: AsyncConnectionPool[Any], box: Box, now: Clock) -> None:
        self._pool, self._box, self._now = pool, box, now

    async def to(self, user_id: UserId) -> Personal | None:
        async with self._pool.connection() as conn:
            user = await queries.by_id(conn, user_id)
        return await farewell(self._box, user_id, user.email, self._now()) if user else None
