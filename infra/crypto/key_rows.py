"""Sealed key rings in Postgres, where every API process finds the same ones."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from infra.crypto.keys import Change
from infra.db.pools import API, options

READ = "SELECT ciphertext FROM key_rings WHERE name = %s"
CREATE = "INSERT INTO key_rings (name, ciphertext) VALUES (%s, %s) ON CONFLICT DO NOTHING"
LOCK = "SELECT ciphertext FROM key_rings WHERE name = %s FOR UPDATE"
CHANGE = "UPDATE key_rings SET ciphertext = %s, updated_at = clock_timestamp() WHERE name = %s"


class PostgresKeyStore:
    """A KeyStore. Blocking; used once a minute."""

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

    def change(self, change: Change) -> bytes:
        """Under the row's lock. Raises LookupError when there is none."""
        with self._connection() as conn, conn.transaction():
            before = self._stored(conn, LOCK)
            if before is None:
                raise LookupError(f"there is no key ring {self._name}")
            sealed = change(before)
            conn.execute(CHANGE, (sealed, self._name))
            return sealed

    def _stored(self, conn: psycopg.Connection[Any], query: str = READ) -> bytes | None:
        row = conn.execute(query.encode(), (self._name,)).fetchone()
        return bytes(row[0]) if row else None

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(self._url, options=options(API), autocommit=True) as conn:
            yield conn
