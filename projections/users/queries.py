from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from projections.kernel import Connection
from projections.reading import Before, one, page

LOGIN = "SELECT id, email, name, role, tenant_id, partner_id, password_hash FROM users"
SELECT = "SELECT id, email, name, role, tenant_id, partner_id, created_at FROM users"


@dataclass(frozen=True, slots=True)
class Login:
    """A user as login sees it. `tenant_id` is the platform's for users of no tenant."""

    id: UUID
    email: str
    name: str
    role: str
    tenant_id: UUID
    partner_id: UUID | None
    password_hash: str


@dataclass(frozen=True, slots=True)
class User:
    id: UUID
    email: str
    name: str
    role: str
    tenant_id: UUID
    partner_id: UUID | None
    created_at: datetime


async def by_email(conn: Connection, email: str) -> Login | None:
    """Needs the platform's scope: before login nobody has a tenant."""
    return await one(conn, Login, f"{LOGIN} WHERE email = %(email)s", {"email": email.strip().lower()})


async def by_id(conn: Connection, user_id: UUID) -> Login | None:
    return await one(conn, Login, f"{LOGIN} WHERE id = %(id)s", {"id": user_id})


async def list_page(
    conn: Connection, before: Before | None = None, limit: int = 50, tenant_id: UUID | None = None
) -> list[User]:
    return await page(conn, User, SELECT, before, limit, tenant_id=tenant_id)
