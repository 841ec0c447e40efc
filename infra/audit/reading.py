"""Sealed entries as lines, in order."""

from collections.abc import AsyncIterator

from infra.audit.canonical import split
from infra.audit.lines import NAMES, Line, ViewName, line
from infra.audit.merkle import TILE_WIDTH
from infra.audit.store import Connection, copied

BEFORE = """
SELECT position, index + 1 FROM audit_nodes WHERE level = 1 AND index < %s ORDER BY index DESC LIMIT 1"""


class OutOfOrder(RuntimeError):
    """The stored events are not those that were sealed: `hb ledger verify` says which."""


async def lines_from(
    conn: Connection, first: int, upto: int, key: bytes, open_: tuple[ViewName, ...] = NAMES
) -> AsyncIterator[Line]:
    """Entries `first` to `upto`, without it, from the events themselves: dropped segments too."""
    above, seq = await place_before(conn, first)
    async for row in copied(conn, above, limit=upto - seq):
        if seq >= first:
            head, data = split(row)
            yield line(seq, head, data, key, *open_)
        seq += 1
    if seq != upto:
        raise OutOfOrder(f"{upto} entries are sealed, the events make {seq}")


async def place_before(conn: Connection, seq: int) -> tuple[int, int]:
    """A position before that of the entry, and how many entries there are up to it."""
    row = await (await conn.execute(BEFORE, (seq // TILE_WIDTH,))).fetchone()
    return (row[0], row[1] * TILE_WIDTH) if row else (0, 0)
