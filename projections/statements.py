"""The statements most projections write with. Each guards by position, so an old event changes nothing."""

from collections.abc import Iterable

INSERT = "INSERT INTO {{{table}}} SELECT * FROM json_populate_recordset(NULL::{{{table}}}, %s)"

MERGE = """
MERGE INTO {{{table}}} AS t
USING json_populate_recordset(NULL::{{{table}}}, %s) AS r ON {match}
WHEN MATCHED AND t.position < r.position THEN UPDATE SET {changes}
WHEN NOT MATCHED THEN INSERT VALUES (r.*)
"""

DELETE = """
DELETE FROM {{{table}}} AS t
USING json_populate_recordset(NULL::{{{table}}}, %s) AS r
WHERE {match} AND t.position <= r.position
"""


def insert(table: str, key: str) -> str:
    """Insert rows that never change; those already there are left alone."""
    return INSERT.format(table=table) + f" ON CONFLICT ({key}) DO NOTHING"


def merge(table: str, key: tuple[str, ...], changing: tuple[str, ...]) -> str:
    """Insert new rows, and lay the fields that are present over the rows that exist.

    A change to a row that does not exist lacks its NOT NULL columns and is refused by them.
    """
    changes = [f"{name} = coalesce(r.{name}, t.{name})" for name in changing]
    changes += ["updated_at = r.updated_at", "position = r.position"]
    return MERGE.format(table=table, match=match(key), changes=", ".join(changes))


def delete(table: str, key: tuple[str, ...]) -> str:
    return DELETE.format(table=table, match=match(key))


def match(key: Iterable[str]) -> str:
    return " AND ".join(f"t.{name} = r.{name}" for name in key)
