"""Where somebody has a role or is invited, read from the read model once it has passed what asks."""

from collections.abc import Sequence
from typing import Any

from psycopg_pool import AsyncConnectionPool

from bus.caught_up import caught_up
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
        async with caught_up(self._pool, "members", position) as conn:
            return [place_of(row) for row in await queries.of_user(conn, user_id)]


class ProjectedInvited:
    """Over the same connections."""

    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        self._pool = pool

    async def pending(self, email_index: str, position: int) -> Sequence[RevokeInvitation]:
        async with caught_up(self._pool, "invitations", position) as conn:
            rows = await invitations.pending_for(conn, email_index)
        return [RevokeInvitation(place=place_of(row), invitation_id=row.id) for row in rows]


def place_of(row: queries.Member | invitations.Invitation) -> Place:
    return Place(
        partner_id=PartnerId(row.partner_id) if row.partner_id else None,
        tenant_id=TenantId(row.tenant_id) if row.tenant_id else None,
    )
