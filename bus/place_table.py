"""Where somebody has a role or is invited, read from the read model once it has passed what asks."""

from collections.abc import Sequence
from typing import Any

from psycopg_pool import AsyncConnectionPool

from bus.month_table import WAIT_SECONDS, NotCaughtUp
from projections import position as positions
from projections.invitations import queries as invitations
from projections.members import queries
from schemas.base import PartnerId, TenantId, UserId
from schemas.identity.invitations import RevokeInvitation
from schemas.identity.types import Place


class ProjectedPlaces:
    """`pool`: connections that act as the worker, which sees every tenant."""

    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        self._pool = pool

    async def of(self, user_id: UserId, position: int) -> Sequence[Place]:
        if not await positions.wait_until(self._pool, ["members"], position, WAIT_SECONDS):
            raise NotCaughtUp(f"members has not passed position {position}")
        async with self._pool.connection() as conn:
            return [place_of(row) for row in await queries.of_user(conn, user_id)]


class ProjectedInvited:
    """Over the same connections."""

    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        self._pool = pool

    async def pending(self, email_index: str, position: int) -> Sequence[RevokeInvitation]:
        if not await positions.wait_until(self._pool, ["invitations"], position, WAIT_SECONDS):
            raise NotCaughtUp(f"invitations has not passed position {position}")
        async with self._pool.connection() as conn:
            rows = await invitations.pending_for(conn, email_index)
        return [RevokeInvitation(place=place_of(row), invitation_id=row.id) for row in rows]


def place_of(row: queries.Member | invitations.Invitation) -> Place:
    return Place(
        partner_id=PartnerId(row.partner_id) if row.partner_id else None,
        tenant_id=TenantId(row.tenant_id) if row.tenant_id else None,
    )
