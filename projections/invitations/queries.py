from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from projections.kernel import Connection
from projections.reading import Before, many, one, page

SELECT = """
SELECT id, place_id, nullif(tenant_id, '00000000-0000-0000-0000-000000000000') AS tenant_id, partner_id,
    place_name, role, email, email_index, inviter, status, expires_at, created_at
FROM invitations"""
BY_TOKEN = f"{SELECT} WHERE status = 'pending' AND token_hash = %(hash)s"

TO = f"{SELECT} WHERE status = 'pending' AND email_index = %(index)s ORDER BY created_at LIMIT 1000"


@dataclass(frozen=True, slots=True)
class Invitation:
    """`email` and `inviter` are ciphertext, empty once it has ended."""

    id: UUID
    place_id: UUID
    tenant_id: UUID | None
    partner_id: UUID | None
    place_name: str
    role: str
    email: str
    email_index: str
    inviter: str
    status: str
    expires_at: datetime
    created_at: datetime


async def get(conn: Connection, invitation_id: UUID) -> Invitation | None:
    return await one(conn, Invitation, f"{SELECT} WHERE id = %(id)s", {"id": invitation_id})


async def by_token(conn: Connection, token_hash: str) -> Invitation | None:
    """A pending one. Needs the platform's scope: who holds the token belongs nowhere yet."""
    return await one(conn, Invitation, BY_TOKEN, {"hash": token_hash})


async def pending_for(conn: Connection, email_index: str) -> list[Invitation]:
    """Wherever somebody is invited under an address."""
    return await many(conn, Invitation, TO, {"index": email_index})


async def list_page(
    conn: Connection, place_id: UUID, before: Before | None = None, limit: int = 50
) -> list[Invitation]:
    return await page(conn, Invitation, SELECT, before, limit, place_id=place_id)
