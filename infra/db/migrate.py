"""Brings a database to the newest schema: numbered SQL files, each once, in one transaction."""

from pathlib import Path
from typing import Any

import psycopg

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 4_805_001


def newest() -> int:
    return max(number(path) for path in MIGRATIONS.glob("*.sql"))


def number(path: Path) -> int:
    return int(path.name.split("_", 1)[0])


def applied(conn: psycopg.Connection) -> int:
    """The schema version of the database, 0 when it is empty."""
    conn.execute("CREATE TABLE IF NOT EXISTS schema_version (version integer PRIMARY KEY)")
    row = conn.execute("SELECT coalesce(max(version), 0) FROM schema_version").fetchone()
    return int(row[0]) if row else 0


async def applied_version(conn: psycopg.AsyncConnection[Any]) -> int | None:
    """The same for a reader, who changes nothing; None when there is no schema at all."""
    found = await (await conn.execute("SELECT to_regclass('schema_version')")).fetchone()
    if found == (None,):
        return None
    row = await (await conn.execute("SELECT max(version) FROM schema_version")).fetchone()
    return int(row[0]) if row and row[0] is not None else None


def migrate(database_url: str) -> int:
    """Applies what is missing; parallel callers wait for each other. Returns the schema version."""
    with psycopg.connect(database_url) as conn:
        conn.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        version = applied(conn)
        for path in sorted(MIGRATIONS.glob("*.sql"), key=number):
            if number(path) > version:
                conn.execute(path.read_bytes())
                conn.execute("INSERT INTO schema_version VALUES (%s)", (number(path),))
    return newest()
