"""What the edge knows of who was let in where: invitations, programs, support."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from schemas.access import Permission, Role
from schemas.base import PartnerId, TenantId, UserId
from schemas.identity.support import EndedBy
from schemas.identity.types import Place

InvitationStatus = Literal["pending", "accepted", "revoked", "expired"]


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """`email` and `inviter` are ciphertext, empty once it has ended."""

    id: UUID
    place: Place
    place_name: str
    role: Role
    email: str
    email_index: str
    inviter: str
    status: InvitationStatus
    expires_at: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ServiceRow:
    id: UUID
    place: Place
    name: str
    role: Role
    closed: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class KeyRow:
    """`role`: of its account, as it is now."""

    id: UUID
    service_id: UUID
    tenant_id: TenantId | None
    partner_id: PartnerId | None
    role: Role
    prefix: str
    label: str
    scopes: frozenset[Permission]
    networks: tuple[str, ...]
    revoked: bool
    expires_at: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ImpersonationRow:
    """`support`: the ciphertext of a name."""

    id: UUID
    tenant_id: TenantId
    partner_id: PartnerId | None
    user_id: UserId
    role: Role
    support_id: UserId
    support: str
    reason: str
    write: bool
    scopes: frozenset[Permission]
    until: datetime
    ended_at: datetime | None
    ended_by: EndedBy | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ConsentRow:
    until: datetime
    reason: str
