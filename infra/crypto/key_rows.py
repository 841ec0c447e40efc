"""Sealed key rings in Postgres, where every API process finds the same ones."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from infra.db.pools import API, options

READ = "SELECT ciphertext FROM key_rings WHERE name = %s"
CREATE = "INSERT INTO key_rings (name, ciphertext) VALUES (%s, %s) ON CONFLICT DO NOTHING"
REPLACE = """
INSERT INTO key_rings (name, ciphertext) VALUES (%s, %s)
ON CONFLICT (name) DO UPDATE SET ciphertext = excluded.ciphertext, updated_at = clock_timestamp()
"""

SWAP = (
    "UPDATE key_rings SET ciphertext = %s, updated_at = clock_timestamp() WHERE name = %s AND ciphertext = %s"
)


class PostgresKeyStore:
    """A KeyStore. Blocking; used once per start and per rotation."""

    def __init__(self, database_url: str, name: str = "access_tokens") -> None:
        self._url = database_url
        self._name = name

    def read(self) -> bytes | None:
        with self._connection() as conn:
            return self._stored(conn)

    def create(self, sealed: bytes) -> bytes:
        with self._connection() as conn:
            conn.execute(CREATE, (self._name, sealed))
            return self._stored(conn) or sealed

    def replace(self, sealed: bytes) -> None:
        with self._connection() as conn:
            conn.execute(REPLACE, (self._name, sealed))

    def swap(self, before: bytes, sealed: bytes) -> bool:
        """Replaces what was read. False: somebody else did, meanwhile."""
        with self._connection() as conn:
            return conn.execute(SWAP, (sealed, self._name, before)).rowcount == 1

    def _stored(self, conn: psycopg.Connection[Any]) -> bytes | None:
        row = conn.execute(READ, (self._name,)).fetchone()
        return bytes(row[0]) if row else None

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(self._url, options=options(API), autocommit=True) as conn:
            yield conn
