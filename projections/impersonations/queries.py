from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from projections.kernel import Connection
from projections.reading import Before, one, page

SELECT = """
SELECT id, tenant_id, partner_id, user_id, role, support_id, support, reason, write, scopes, until,
    ended_at, ended_by, created_at
FROM impersonations"""
CONSENT = "SELECT until, reason FROM support_consents WHERE tenant_id = %(tenant)s AND allowed"


@dataclass(frozen=True, slots=True)
class Impersonation:
    """`support` is the ciphertext of a name."""

    id: UUID
    tenant_id: UUID
    partner_id: UUID | None
    user_id: UUID
    role: str
    support_id: UUID
    support: str
    reason: str
    write: bool
    scopes: list[str]
    until: datetime
    ended_at: datetime | None
    ended_by: str | None
    created_at: datetime


class Consent(NamedTuple):
    until: datetime
    reason: str


async def get(conn: Connection, impersonation_id: UUID) -> Impersonation | None:
    return await one(conn, Impersonation, f"{SELECT} WHERE id = %(id)s", {"id": impersonation_id})


async def list_page(
    conn: Connection, tenant_id: UUID | None, before: Before | None = None, limit: int = 50
) -> list[Impersonation]:
    return await page(conn, Impersonation, SELECT, before, limit, tenant_id=tenant_id)


async def consent(conn: Connection, tenant_id: UUID) -> Consent | None:
    """Whether it still holds its time says."""
    return await one(conn, Consent, CONSENT, {"tenant": tenant_id})
