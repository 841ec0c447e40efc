"""Registrations whose e-mail address nobody has verified yet. The payload is sealed by who puts it here."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from uuid import UUID, uuid4

from infra.identity.pool import Clock, Pool, changed, first

LIFE = timedelta(hours=24)
MAX_BYTES = 16 * 1024

PUT = """
INSERT INTO vault.pending_registrations (email_index, id, sealed, expires_at)
VALUES (%(email_index)s, %(id)s, %(sealed)s, %(expires_at)s)
ON CONFLICT (email_index) DO UPDATE
SET id = excluded.id, sealed = excluded.sealed, expires_at = excluded.expires_at"""
FIND = """
SELECT id, email_index, sealed FROM vault.pending_registrations
WHERE email_index = %(email_index)s AND expires_at > %(now)s"""
TAKE = """
DELETE FROM vault.pending_registrations WHERE id = %(id)s AND expires_at > %(now)s
RETURNING id, email_index, sealed"""


@dataclass(frozen=True, slots=True)
class Pending:
    id: UUID
    email_index: str
    sealed: bytes


class PendingRegistrations(Protocol):
    async def put(self, email_index: str, sealed: bytes) -> UUID:
        """Takes the place of an older one for the same address: whose code was sent last, counts."""
        ...

    async def find(self, email_index: str) -> Pending | None: ...

    async def take(self, pending_id: UUID) -> Pending | None:
        """Once."""
        ...


class PostgresRegistrations:
    def __init__(self, pool: Pool, now: Clock) -> None:
        self._pool, self._now = pool, now

    async def put(self, email_index: str, sealed: bytes) -> UUID:
        made = uuid4()
        expires_at = self._now() + LIFE
        params = {
            "email_index": email_index,
            "id": made,
            "sealed": bounded(sealed),
            "expires_at": expires_at,
        }
        await changed(self._pool, PUT, params)
        return made

    async def find(self, email_index: str) -> Pending | None:
        row = await first(self._pool, FIND, {"email_index": email_index, "now": self._now()})
        return Pending(*row) if row else None

    async def take(self, pending_id: UUID) -> Pending | None:
        row = await first(self._pool, TAKE, {"id": pending_id, "now": self._now()})
        return Pending(*row) if row else None


def bounded(sealed: bytes) -> bytes:
    """What comes in from outside was bounded before; this is a mistake of ours."""
    if len(sealed) > MAX_BYTES:
        raise ValueError(f"a pending registration has more than {MAX_BYTES} bytes")
    return sealed
