"""The cosignatures of witnesses, beside the checkpoints they are on."""

from collections.abc import Sequence
from typing import NamedTuple

from infra.audit.store import Connection, Stamp

KEEP = """
INSERT INTO audit_cosignatures (size, witness, line) SELECT %s, * FROM unnest(%s::text[], %s::text[])
ON CONFLICT DO NOTHING"""
LINES = "SELECT line FROM audit_cosignatures WHERE size = %s ORDER BY witness"
NEWEST = """
SELECT size, note FROM audit_checkpoints WHERE size = (SELECT max(size) FROM audit_cosignatures)"""
LAST = """
SELECT coalesce(c.size, 0), coalesce(c.line, '') FROM unnest(%s::text[]) WITH ORDINALITY AS w (key, place)
LEFT JOIN LATERAL (
    SELECT size, line FROM audit_cosignatures WHERE witness = w.key ORDER BY size DESC LIMIT 1
) AS c ON true ORDER BY w.place"""


class Last(NamedTuple):
    """The newest cosignature of a witness. None yet: size 0."""

    size: int
    line: str


async def last(conn: Connection, witnesses: Sequence[str]) -> list[Last]:
    """In the same order."""
    rows = await (await conn.execute(LAST, (list(witnesses),))).fetchall()
    return [Last(*row) for row in rows]


async def keep(conn: Connection, size: int, lines: Sequence[tuple[str, str]]) -> None:
    """By witness. All at once, so that no reader sees some of a round only."""
    await conn.execute(KEEP, (size, [witness for witness, _ in lines], [line for _, line in lines]))


async def newest(conn: Connection) -> Stamp | None:
    """The last checkpoint that any witness has cosigned."""
    row = await (await conn.execute(NEWEST)).fetchone()
    return Stamp(*row) if row else None


async def with_lines(conn: Connection, stamp: Stamp) -> Stamp:
    """The note as witnesses left it."""
    rows = await (await conn.execute(LINES, (stamp.size,))).fetchall()
    return stamp._replace(note=stamp.note + "".join(line for (line,) in rows))
