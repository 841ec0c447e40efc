"""What an operator does about a projection that met an event it could not take."""

from collections.abc import Awaitable, Callable, Sequence

from projections.cursors import Cursor, lock
from projections.feed import attempt, described
from projections.kernel import Connection, Projection
from schemas.envelope import Recorded

ReadStream = Callable[[str, int], Awaitable[Sequence[Recorded]]]
"""`(stream, position)` -> the stream's events after that position, in order."""

RESUME = """
UPDATE projections SET status = 'live', error = NULL, updated_at = clock_timestamp()
WHERE name = %s AND status = 'stopped' RETURNING name
"""
FIND = "SELECT position FROM parked_streams WHERE projection = %s AND stream = %s"
UNPARK = "DELETE FROM parked_streams WHERE projection = %s AND stream = %s"


class StillPoison(RuntimeError):
    """The parked stream failed again; it stays parked."""


async def resume(conn: Connection, name: str) -> bool:
    """Let a stopped projection go on: the next batch reads what it missed. False: it was not stopped."""
    async with conn.transaction():
        return await (await conn.execute(RESUME, (name,))).fetchone() is not None


async def unpark(conn: Connection, projection: Projection, stream: str, read_stream: ReadStream) -> int:
    """Apply what a parked stream missed, up to the cursor; returns how many events. 0: it was not parked."""
    async with conn.transaction():
        [cursor] = await lock(conn, [projection])
        found = await (await conn.execute(FIND, (projection.name, stream))).fetchone()
        if found is None:
            return 0
        missed = wanted(cursor, await read_stream(stream, found[0] - 1))
        error = await attempt(conn, cursor, missed) if missed else None
        if error is not None:
            raise StillPoison(described(error)) from error
        await conn.execute(UNPARK, (projection.name, stream))
        return len(missed)


def wanted(cursor: Cursor, events: Sequence[Recorded]) -> list[Recorded]:
    """Later ones come with the next batch."""
    return [r for r in events if r.position <= cursor.position and type(r.event) in cursor.projection.events]
