"""A row for any table, from what the database says of its columns."""

import re
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from psycopg import sql

COLUMNS = """
SELECT attname, format_type(atttypid, NULL) FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
ORDER BY attnum"""
CHECKS = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'"
ONE_OF = re.compile(r"CHECK \(\((\w+) = ANY \(ARRAY\['(\w+)'::text")

VALUES = {
    "boolean": "false",
    "bytea": "\\x" + "00" * 32,
    "date": "2026-11-01",
    "json": "{}",
    "jsonb": "{}",
    "timestamp with time zone": "2026-11-01T12:00Z",
}
"""Of the others a number will do."""


class Place(NamedTuple):
    """Whose a row is."""

    tenant_id: UUID
    partner_id: UUID


def fill(owner: psycopg.Connection, table: str, places: list[Place]) -> None:
    """One row for each place. `owner` is not bound by policies, nor by triggers."""
    for number, place in enumerate(places, 1):
        row = values(owner, table, number) | columns_of(owner, table, place)
        names = sql.SQL(", ").join(map(sql.Identifier, row))
        marks = sql.SQL(", ").join(sql.SQL("%s") * len(row))
        insert = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(sql.Identifier(table), names, marks)
        owner.execute(insert, list(row.values()))


def columns_of(owner: psycopg.Connection, table: str, place: Place) -> dict[str, Any]:
    known = {name for name, _ in owner.execute(COLUMNS, (table,))}
    return {name: value for name, value in place._asdict().items() if name in known}


def values(owner: psycopg.Connection, table: str, number: int) -> dict[str, Any]:
    """Different ones for each number, so that no two rows are alike."""
    checks = [check for (check,) in owner.execute(CHECKS, (table,))]
    allowed: dict[str, str] = {found[1]: found[2] for check in checks if (found := ONE_OF.search(check))}
    return {
        name: allowed.get(name) or value_of(kind, number) for name, kind in owner.execute(COLUMNS, (table,))
    }


def value_of(kind: str, number: int) -> str:
    if kind.endswith("[]"):
        return "{}"
    return str(UUID(int=number)) if kind == "uuid" else VALUES.get(kind, str(number))
