"""People. Their rows are the platform's: a tenant sees those of its own in `members`."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from projections.kernel import Connection
from projections.reading import Before, many, one, page

SELECT = "SELECT id, email, email_index, name, verified, disabled, erased, created_at FROM users"
IDENTITY = "SELECT user_id FROM user_identities WHERE subject_index = %(index)s"


IDENTITIES = """
SELECT provider, subject_index, created_at FROM user_identities
WHERE user_id = %(id)s ORDER BY created_at, provider LIMIT 50"""


@dataclass(frozen=True, slots=True)
class Identity:
    """An account at another provider somebody signs in with."""

    provider: str
    subject_index: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class User:
    """`email` and `name` are ciphertext, empty once the user is erased."""

    id: UUID
    email: str
    email_index: str
    name: str
    verified: bool
    disabled: bool
    erased: bool
    created_at: datetime


async def by_email_index(conn: Connection, index: str) -> User | None:
    return await one(conn, User, f"{SELECT} WHERE email_index = %(index)s", {"index": index})


async def by_id(conn: Connection, user_id: UUID) -> User | None:
    return await one(conn, User, f"{SELECT} WHERE id = %(id)s", {"id": user_id})


async def by_identity(conn: Connection, subject_index: str) -> User | None:
    return await one(conn, User, f"{SELECT} WHERE id = ({IDENTITY})", {"index": subject_index})


async def identities_of(conn: Connection, user_id: UUID) -> list[Identity]:
    return await many(conn, Identity, IDENTITIES, {"id": user_id})


async def list_page(conn: Connection, before: Before | None = None, limit: int = 50) -> list[User]:
    return await page(conn, User, SELECT, before, limit)
