"""Keys of subjects: wrapped under the master key, kept in the vault, destroyed to erase somebody."""

import os
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from infra.crypto.secrets import UnreadableSecret, derive

KEY_BYTES = 32
NONCE_BYTES = 12
PURPOSE = "subject keys"

READ = """
SELECT subject, generation, wrapped, until FROM vault.subject_keys
WHERE subject = ANY(%s) ORDER BY generation"""
ADD = """
INSERT INTO vault.subject_keys (subject, generation, wrapped, until)
SELECT %(subject)s, %(generation)s, %(wrapped)s, %(until)s
WHERE NOT EXISTS (SELECT FROM vault.destroyed_subjects WHERE subject = %(subject)s)
ON CONFLICT DO NOTHING"""
KEEP = """
UPDATE vault.subject_keys SET until = %(until)s::timestamptz
WHERE subject = %(subject)s AND until < coalesce(%(until)s::timestamptz, 'infinity')"""
OVER = """
SELECT subject FROM vault.subject_keys WHERE until <= %(now)s ORDER BY until LIMIT %(limit)s
FOR UPDATE SKIP LOCKED"""
DESTROY_OVER = f"""
WITH over AS ({OVER}),
    noted AS (INSERT INTO vault.destroyed_subjects SELECT DISTINCT subject FROM over ON CONFLICT DO NOTHING)
DELETE FROM vault.subject_keys USING over WHERE subject_keys.subject = over.subject"""
DESTROY = """
WITH noted AS (INSERT INTO vault.destroyed_subjects (subject) VALUES (%(subject)s) ON CONFLICT DO NOTHING)
DELETE FROM vault.subject_keys WHERE subject = %(subject)s"""


class Wrapped(NamedTuple):
    """`until`: then it is destroyed. None: when somebody asks for it."""

    subject: UUID
    generation: int
    wrapped: bytes
    until: datetime | None = None


class SubjectKeys(Protocol):
    """Two implementations, one conformance suite."""

    async def read(self, subjects: Collection[UUID]) -> Sequence[Wrapped]:
        """In the order of their generations; nothing of the unknown and the destroyed."""
        ...

    async def add(self, key: Wrapped) -> None:
        """Unless there is one of that generation, or the subject was destroyed."""
        ...

    async def keep(self, subject: UUID, until: datetime | None) -> None:
        """Longer than was said before, or for good. What is kept for good already stays so."""
        ...

    async def destroy(self, subject: UUID) -> int:
        """For ever; returns how many keys that were."""
        ...

    async def destroy_over(self, now: datetime, limit: int) -> int:
        """At most `limit` of those whose time is over; returns how many there were."""
        ...


class PostgresSubjectKeys:
    """On a pool that acts as the vault's role."""

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection[Any]]) -> None:
        self._pool = pool

    async def read(self, subjects: Collection[UUID]) -> Sequence[Wrapped]:
        async with self._pool.connection() as conn:
            rows = await (await conn.execute(READ, (list(subjects),))).fetchall()
        return [Wrapped(subject, number, bytes(wrapped), until) for subject, number, wrapped, until in rows]

    async def add(self, key: Wrapped) -> None:
        async with self._pool.connection() as conn:
            await conn.execute(ADD, key._asdict())

    async def keep(self, subject: UUID, until: datetime | None) -> None:
        async with self._pool.connection() as conn:
            await conn.execute(KEEP, {"subject": subject, "until": until})

    async def destroy_over(self, now: datetime, limit: int) -> int:
        async with self._pool.connection() as conn:
            return (await conn.execute(DESTROY_OVER, {"now": now, "limit": limit})).rowcount

    async def destroy(self, subject: UUID) -> int:
        async with self._pool.connection() as conn:
            return (await conn.execute(DESTROY, {"subject": subject})).rowcount


class Wrapper:
    """Wraps under the first master key, unwraps what any of them wrapped, for the key's own subject only."""

    def __init__(self, masters: Sequence[str]) -> None:
        self._keys = [AESGCM(derive(master, PURPOSE)) for master in masters]

    def wrap(self, subject: UUID, generation: int, key: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._keys[0].encrypt(nonce, key, bound(subject, generation))

    def unwrap(self, known: Wrapped) -> bytes:
        """Raises UnreadableSecret."""
        nonce, sealed = known.wrapped[:NONCE_BYTES], known.wrapped[NONCE_BYTES:]
        for key in self._keys:
            try:
                return key.decrypt(nonce, sealed, bound(known.subject, known.generation))
            except InvalidTag:
                continue
        raise UnreadableSecret(f"no master key opens the key of {known.subject}")


def bound(subject: UUID, generation: int) -> bytes:
    return f"{subject}.{generation}".encode()
