"""Sealed entries as lines, in order."""

from collections.abc import AsyncIterator

from infra.audit.canonical import split
from infra.audit.lines import NAMES, Envelope, Line, line
from infra.audit.store import Connection, copied

UPTO = "SELECT position FROM audit_leaves WHERE audit_seq < %s ORDER BY audit_seq DESC LIMIT 1"
BEFORE = """
SELECT position, index FROM audit_nodes WHERE level = 1 AND index < %s ORDER BY index DESC LIMIT 1"""


class OutOfOrder(RuntimeError):
    """The stored events are not those that were sealed: `hb ledger verify` says which."""


async def lines_from(
    conn: Connection, first: int, upto: int, key: bytes, *open_: Envelope
) -> AsyncIterator[Line]:
    """Entries `first` to `upto`, without it, from the events themselves: dropped segments too."""
    above, seq = await position_before(conn, first)
    last = await position_at(conn, upto)
    async for row in copied(conn, above, last):
        if seq >= first:
            head, data = split(row)
            yield line(seq, head, data, key, *(open_ or NAMES))
        seq += 1
    if seq != upto:
        raise OutOfOrder(f"{upto} entries are sealed, the events make {seq}")


async def position_before(conn: Connection, seq: int) -> tuple[int, int]:
    """A position at or before that of the entry, and how many entries there are up to it."""
    row = await (await conn.execute(BEFORE, (seq // 256,))).fetchone()
    return (row[0], (row[1] + 1) * 256) if row else (0, 0)


async def position_at(conn: Connection, size: int) -> int:
    row = await (await conn.execute(UPTO, (size,))).fetchone()
    return int(row[0]) if row else 0
