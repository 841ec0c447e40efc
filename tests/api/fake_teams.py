"""Who was let in where, in memory."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from api.reads import Page
from api.rows.teams import ConsentRow, ImpersonationRow, InvitationRow, KeyRow, ServiceRow
from infra.db.scope import Scope
from infra.identity.key_uses import KeyUse
from schemas.base import Event
from schemas.identity.types import Place
from tests.api.fake_runs import page


class FakeTeamReads:
    def __init__(self) -> None:
        super().__init__()
        self.invitation_rows: dict[UUID, InvitationRow] = {}
        self.invitation_tokens: dict[str, UUID] = {}
        self.service_rows: dict[UUID, ServiceRow] = {}
        self.key_rows: dict[str, KeyRow] = {}
        self.impersonation_rows: dict[UUID, ImpersonationRow] = {}
        self.consents: dict[UUID, ConsentRow] = {}
        self.keys_asked = 0
        self.founded: dict[str, Sequence[Event]] = {}

    def sees(self, scope: Scope, tenant_id: UUID) -> bool:
        raise NotImplementedError

    def sees_place(self, scope: Scope, place: Place) -> bool:
        if scope.platform or place.tenant_id is None:
            return scope.platform or (scope.partner_id is not None and scope.partner_id == place.partner_id)
        return self.sees(scope, place.tenant_id)

    async def invitation(self, scope: Scope, invitation_id: UUID) -> InvitationRow | None:
        row = self.invitation_rows.get(invitation_id)
        return row if row and self.sees_place(scope, row.place) else None

    async def invitation_by_token(self, scope: Scope, token_hash: str) -> InvitationRow | None:
        assert scope.platform
        row = self.invitation_rows.get(self.invitation_tokens.get(token_hash, UUID(int=0)))
        return row if row and row.status == "pending" else None

    async def invitations(
        self, scope: Scope, place_id: UUID, cursor: str | None, limit: int
    ) -> Page[InvitationRow]:
        return page(self._at(scope, self.invitation_rows, place_id), cursor, limit)

    async def service(self, scope: Scope, service_id: UUID) -> ServiceRow | None:
        row = self.service_rows.get(service_id)
        return row if row and self.sees_place(scope, row.place) else None

    async def services(
        self, scope: Scope, place_id: UUID, cursor: str | None, limit: int
    ) -> Page[ServiceRow]:
        return page(self._at(scope, self.service_rows, place_id), cursor, limit)

    async def keys_of(self, scope: Scope, service_id: UUID) -> list[KeyRow]:
        if await self.service(scope, service_id) is None:
            return []
        return [row for row in self.key_rows.values() if row.service_id == service_id]

    async def key_by_hash(self, scope: Scope, key_hash: str) -> KeyRow | None:
        assert scope.platform
        self.keys_asked += 1
        return self.key_rows.get(key_hash)

    async def impersonation(self, scope: Scope, impersonation_id: UUID) -> ImpersonationRow | None:
        row = self.impersonation_rows.get(impersonation_id)
        return row if row and self.sees(scope, row.tenant_id) else None

    async def impersonations(self, scope: Scope, cursor: str | None, limit: int) -> Page[ImpersonationRow]:
        rows = [row for row in self.impersonation_rows.values() if self.sees(scope, row.tenant_id)]
        return page(rows, cursor, limit)

    async def support_consent(self, scope: Scope, tenant_id: UUID) -> ConsentRow | None:
        return self.consents.get(tenant_id) if self.sees(scope, tenant_id) else None

    def _at(self, scope: Scope, rows: dict[UUID, Any], place_id: UUID) -> list[Any]:
        found = [row for row in rows.values() if row.place.id == place_id]
        return [row for row in found if self.sees_place(scope, row.place)]


class MemoryKeyUses:
    """A KeyUseStore."""

    def __init__(self) -> None:
        self.known: dict[UUID, KeyUse] = {}
        self.writes = 0

    async def note(self, uses: Any) -> None:
        self.writes += 1
        for use in uses:
            if use.key_id not in self.known or self.known[use.key_id].used_at < use.used_at:
                self.known[use.key_id] = use

    async def read(self, key_ids: Any) -> dict[UUID, KeyUse]:
        return {id_: self.known[id_] for id_ in key_ids if id_ in self.known}
