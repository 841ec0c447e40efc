"""What the edge asks about who was let in where."""

from typing import Protocol
from uuid import UUID

from api.paging import Page
from api.rows.teams import ConsentRow, ImpersonationRow, InvitationRow, KeyRow, ServiceRow
from infra.db.scope import Scope


class TeamReads(Protocol):
    async def invitation(self, scope: Scope, invitation_id: UUID) -> InvitationRow | None: ...

    async def invitation_by_token(self, scope: Scope, token_hash: str) -> InvitationRow | None:
        """A pending one."""
        ...

    async def invitations(
        self, scope: Scope, place_id: UUID, cursor: str | None, limit: int
    ) -> Page[InvitationRow]:
        """Newest first."""
        ...

    async def service(self, scope: Scope, service_id: UUID) -> ServiceRow | None: ...

    async def services(
        self, scope: Scope, place_id: UUID, cursor: str | None, limit: int
    ) -> Page[ServiceRow]:
        """Newest first."""
        ...

    async def keys_of(self, scope: Scope, service_id: UUID) -> list[KeyRow]:
        """Newest first, with those that count no more."""
        ...

    async def key_by_hash(self, scope: Scope, key_hash: str) -> KeyRow | None: ...

    async def impersonation(self, scope: Scope, impersonation_id: UUID) -> ImpersonationRow | None: ...

    async def impersonations(self, scope: Scope, cursor: str | None, limit: int) -> Page[ImpersonationRow]:
        """Newest first."""
        ...

    async def support_consent(self, scope: Scope, tenant_id: UUID) -> ConsentRow | None:
        """The tenant's last word on changes by support, unless it took it back."""
        ...
