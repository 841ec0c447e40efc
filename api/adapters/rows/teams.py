"""Invitations, programs, support: what the queries give, as the rows the edge works with."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from api.rows.teams import ConsentRow, ImpersonationRow, InvitationRow, KeyRow, ServiceRow
from projections.impersonations.queries import Consent, Impersonation
from projections.invitations.queries import Invitation
from projections.services.queries import Key, Service
from schemas.access import Permission, Role
from schemas.base import PartnerId, TenantId, UserId
from schemas.identity.types import Place


class Placed(Protocol):
    @property
    def tenant_id(self) -> UUID | None: ...

    @property
    def partner_id(self) -> UUID | None: ...


class Listed(Protocol):
    @property
    def id(self) -> UUID: ...

    @property
    def created_at(self) -> datetime: ...


def key_of(row: Listed) -> tuple[datetime, UUID]:
    return row.created_at, row.id


def place(row: Placed) -> Place:
    return Place(tenant_id=tenant_id(row), partner_id=partner_id(row))


def tenant_id(row: Placed) -> TenantId | None:
    return TenantId(row.tenant_id) if row.tenant_id else None


def partner_id(row: Placed) -> PartnerId | None:
    return PartnerId(row.partner_id) if row.partner_id else None


def invitation(row: Invitation) -> InvitationRow:
    return InvitationRow(
        id=row.id,
        place=place(row),
        place_name=row.place_name,
        role=Role(row.role),
        email=row.email,
        email_index=row.email_index,
        inviter=row.inviter,
        status=row.status,  # type: ignore[arg-type]
        expires_at=row.expires_at,
        created_at=row.created_at,
    )


def service(row: Service) -> ServiceRow:
    return ServiceRow(row.id, place(row), row.name, Role(row.role), row.closed, row.created_at)


def key(row: Key) -> KeyRow:
    return KeyRow(
        id=row.id,
        service_id=row.service_id,
        tenant_id=tenant_id(row),
        partner_id=partner_id(row),
        role=Role(row.role),
        prefix=row.prefix,
        label=row.label,
        scopes=frozenset(map(Permission, row.scopes)),
        networks=tuple(row.networks),
        revoked=row.revoked,
        expires_at=row.expires_at,
        created_at=row.created_at,
    )


def impersonation(row: Impersonation) -> ImpersonationRow:
    return ImpersonationRow(
        id=row.id,
        tenant_id=TenantId(row.tenant_id),
        partner_id=partner_id(row),
        user_id=UserId(row.user_id),
        role=Role(row.role),
        support_id=UserId(row.support_id),
        support=row.support,
        reason=row.reason,
        write=row.write,
        scopes=frozenset(map(Permission, row.scopes)),
        until=row.until,
        ended_at=row.ended_at,
        ended_by=row.ended_by,  # type: ignore[arg-type]
        created_at=row.created_at,
    )


def consent(row: Consent) -> ConsentRow:
    return ConsentRow(row.until, row.reason)
