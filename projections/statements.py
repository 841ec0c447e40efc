"""The statements most projections write with. Each guards by position, so an old event changes nothing."""

from collections.abc import Iterable

INSERT = "INSERT INTO {{{table}}} SELECT * FROM json_populate_recordset(NULL::{{{table}}}, %s)"

MERGE = """
MERGE INTO {{{table}}} AS t
USING json_populate_recordset(NULL::{{{table}}}, %s) AS r ON {match}
WHEN MATCHED AND t.position < r.position THEN UPDATE SET {changes}
WHEN NOT MATCHED{begun} THEN INSERT {values}
"""

DELETE = """
DELETE FROM {{{table}}} AS t
USING json_populate_recordset(NULL::{{{table}}}, %s) AS r
WHERE {match} AND t.position <= r.position
"""


def insert(table: str, key: str) -> str:
    """Insert rows that never change; those already there are left alone."""
    return INSERT.format(table=table) + f" ON CONFLICT ({key}) DO NOTHING"


def merge(
    table: str,
    key: tuple[str, ...],
    changing: tuple[str, ...],
    *,
    replaced: tuple[str, ...] = (),
    columns: tuple[str, ...] = (),
    begun: str | None = None,
) -> str:
    """Insert new rows, and lay the fields that are present over the rows that exist.

    A change to a row that does not exist lacks its NOT NULL columns and is refused by them; with `begun`,
    a column every new row has, it is left out instead. `replaced` fields become NULL when they are absent.
    `columns` are those to insert, for a table that computes others itself.
    """
    changes = [f"{name} = coalesce(r.{name}, t.{name})" for name in changing]
    changes += [f"{name} = r.{name}" for name in (*replaced, "updated_at", "position")]
    return MERGE.format(
        table=table,
        match=match(key),
        changes=", ".join(changes),
        begun=f" AND r.{begun} IS NOT NULL" if begun else "",
        values=values(columns),
    )


def values(columns: tuple[str, ...]) -> str:
    if not columns:
        return "VALUES (r.*)"
    return f"({', '.join(columns)}) VALUES ({', '.join(f'r.{name}' for name in columns)})"


def delete(table: str, key: tuple[str, ...]) -> str:
    return DELETE.format(table=table, match=match(key))


def match(key: Iterable[str]) -> str:
    return " AND ".join(f"t.{name} = r.{name}" for name in key)
