"""Who was let in where, on Postgres."""

from uuid import UUID

from api.adapters import cursors
from api.adapters.rows import teams
from api.adapters.scoped_reads import ScopedReads
from api.paging import Page
from api.rows.teams import ConsentRow, ImpersonationRow, InvitationRow, KeyRow, ServiceRow
from infra.db.scope import Scope
from projections.impersonations import queries as impersonations
from projections.invitations import queries as invitations
from projections.services import queries as services


class PostgresTeamReads(ScopedReads):
    async def invitation(self, scope: Scope, invitation_id: UUID) -> InvitationRow | None:
        return await self._one(scope, lambda conn: invitations.get(conn, invitation_id), teams.invitation)

    async def invitation_by_token(self, scope: Scope, token_hash: str) -> InvitationRow | None:
        return await self._one(scope, lambda conn: invitations.by_token(conn, token_hash), teams.invitation)

    async def invitations(
        self, scope: Scope, place_id: UUID, cursor: str | None, limit: int
    ) -> Page[InvitationRow]:
        before = cursors.before(cursor)
        async with self._scoped(scope) as conn:
            found = await invitations.list_page(conn, place_id, before, limit + 1)
        return cursors.page(found, limit, teams.key_of, teams.invitation)

    async def service(self, scope: Scope, service_id: UUID) -> ServiceRow | None:
        return await self._one(scope, lambda conn: services.get(conn, service_id), teams.service)

    async def services(
        self, scope: Scope, place_id: UUID, cursor: str | None, limit: int
    ) -> Page[ServiceRow]:
        before = cursors.before(cursor)
        async with self._scoped(scope) as conn:
            found = await services.list_page(conn, place_id, before, limit + 1)
        return cursors.page(found, limit, teams.key_of, teams.service)

    async def keys_of(self, scope: Scope, service_id: UUID) -> list[KeyRow]:
        async with self._scoped(scope) as conn:
            return [teams.key(row) for row in await services.keys_of(conn, service_id)]

    async def key(self, scope: Scope, key_id: UUID) -> KeyRow | None:
        return await self._one(scope, lambda conn: services.key(conn, key_id), teams.key)

    async def key_by_hash(self, scope: Scope, key_hash: str) -> KeyRow | None:
        return await self._one(scope, lambda conn: services.key_by_hash(conn, key_hash), teams.key)

    async def impersonation(self, scope: Scope, impersonation_id: UUID) -> ImpersonationRow | None:
        return await self._one(
            scope, lambda conn: impersonations.get(conn, impersonation_id), teams.impersonation
        )

    async def impersonations(self, scope: Scope, cursor: str | None, limit: int) -> Page[ImpersonationRow]:
        before = cursors.before(cursor)
        async with self._scoped(scope) as conn:
            found = await impersonations.list_page(conn, None, before, limit + 1)
        return cursors.page(found, limit, teams.key_of, teams.impersonation)

    async def support_consent(self, scope: Scope, tenant_id: UUID) -> ConsentRow | None:
        return await self._one(scope, lambda conn: impersonations.consent(conn, tenant_id), teams.consent)
