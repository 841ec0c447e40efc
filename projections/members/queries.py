from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from projections.kernel import Connection
from projections.reading import Before, many, one, page

# A tenant's partner is the one of now, whoever it was when somebody joined.
SELECT = """
SELECT id, place_id, nullif(tenant_id, '00000000-0000-0000-0000-000000000000') AS tenant_id,
    coalesce((SELECT t.partner_id FROM tenants t WHERE t.id = members.tenant_id), partner_id) AS partner_id,
    email, name, role, created_at
FROM members"""
OF_USER = f"{SELECT} WHERE id = %(id)s ORDER BY created_at, place_id LIMIT 200"
ONE = f"{SELECT} WHERE place_id = %(place)s AND id = %(id)s"


@dataclass(frozen=True, slots=True)
class Member:
    """`id` is the user's. `email` and `name` are ciphertext."""

    id: UUID
    place_id: UUID
    tenant_id: UUID | None
    partner_id: UUID | None
    email: str
    name: str
    role: str
    created_at: datetime


async def of_user(conn: Connection, user_id: UUID) -> list[Member]:
    """Oldest first. Needs the platform's scope: they may be at many places."""
    return await many(conn, Member, OF_USER, {"id": user_id})


async def get(conn: Connection, place_id: UUID, user_id: UUID) -> Member | None:
    return await one(conn, Member, ONE, {"place": place_id, "id": user_id})


async def list_page(
    conn: Connection, place_id: UUID, before: Before | None = None, limit: int = 50
) -> list[Member]:
    return await page(conn, Member, SELECT, before, limit, place_id=place_id)
