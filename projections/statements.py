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


ADD = """
INSERT INTO {{{table}}} AS t ({columns}, created_at, updated_at, position)
SELECT {values}, min(r.created_at), max(r.updated_at), max(r.position)
FROM json_populate_recordset(NULL::{{{table}}}, %s) AS r LEFT JOIN {{{table}}} AS known USING ({key})
WHERE r.position > coalesce(known.position, 0)
GROUP BY {group}
ON CONFLICT ({key}) DO UPDATE SET {changes}, updated_at = excluded.updated_at, position = excluded.position
"""
NEWEST = "(array_agg(r.{name} ORDER BY r.position DESC) FILTER (WHERE r.{name} IS NOT NULL))[1]"


def add(
    table: str, key: tuple[str, ...], sums: tuple[str, ...], newest: tuple[str, ...] = ("partner_id",)
) -> str:
    """Adds rows up, leaving out those a sum already contains: one counted twice would stay counted twice.

    Of the columns `newest` the last value that is given stays.
    """
    values = [f"r.{name}" for name in key]
    values += [NEWEST.format(name=name) for name in newest]
    values += [f"coalesce(sum(r.{name}), 0)" for name in sums]
    changes = [f"{name} = coalesce(excluded.{name}, t.{name})" for name in newest]
    changes += [f"{name} = t.{name} + excluded.{name}" for name in sums]
    return ADD.format(
        table=table,
        columns=", ".join((*key, *newest, *sums)),
        values=", ".join(values),
        key=", ".join(key),
        group=", ".join(f"r.{name}" for name in key),
        changes=", ".join(changes),
    )


def delete(table: str, key: tuple[str, ...]) -> str:
    return DELETE.format(table=table, match=match(key))


def match(key: Iterable[str]) -> str:
    return " AND ".join(f"t.{name} = r.{name}" for name in key)
