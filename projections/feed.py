"""Applies events to projections: rows and cursors in one transaction, in order, none left out."""

from collections.abc import Sequence

import psycopg

from projections.cursors import Cursor, load_parked, lock, park, save
from projections.kernel import Connection, Projection, ReadAfter
from schemas.envelope import Recorded

CATCH_UP = 2_000
ERROR_LENGTH = 500
# Not the event's fault: the connection, a lock, the disk. The caller tries again later.
PASSING = (psycopg.OperationalError, psycopg.InterfaceError)
# Not one event's fault either: a missing table or right would park every stream.
BROKEN = (psycopg.ProgrammingError,)


class EventsMissing(RuntimeError):
    """The store does not have the events between a cursor and the ones delivered."""


async def apply(
    conn: Connection,
    projections: Sequence[Projection],
    events: Sequence[Recorded],
    previous: int,
    read_after: ReadAfter,
) -> dict[str, int]:
    """Positions by projection after `events`, whose predecessor in the store is `previous`.

    Projections that have not seen `previous` first catch up from the store, in transactions of their own.
    """
    while True:
        async with conn.transaction():
            cursors = await lock(conn, projections)
            live = [cursor for cursor in cursors if cursor.status == "live"]
            low = min((cursor.position for cursor in live), default=previous)
            if low >= previous:
                await advance(conn, live, events)
                return {cursor.name: cursor.position for cursor in cursors}
            await advance(conn, live, await missing(read_after, low, previous))


async def missing(read_after: ReadAfter, low: int, previous: int) -> Sequence[Recorded]:
    events = await read_after(low, CATCH_UP)
    if not events:
        raise EventsMissing(f"nothing stored after {low}, yet {previous} was delivered")
    return events


async def advance(conn: Connection, cursors: Sequence[Cursor], events: Sequence[Recorded]) -> None:
    """Project the events into each projection that wants them, and move the cursors behind the last."""
    if not events or not cursors:
        return
    await load_parked(conn, cursors, events)
    wanted = {cursor.name: [recorded for recorded in events if cursor.wants(recorded)] for cursor in cursors}
    work = [(cursor, wanted[cursor.name]) for cursor in cursors if wanted[cursor.name]]
    if not await together(conn, work):
        for cursor, mine in work:
            await project(conn, cursor, mine)
    for cursor in cursors:
        if cursor.status != "stopped":
            cursor.position = max(cursor.position, events[-1].position)
    await save(conn, cursors)


async def together(conn: Connection, work: Sequence[tuple[Cursor, Sequence[Recorded]]]) -> bool:
    """Everything under one savepoint: the usual case, and cheap. False: some failed, nothing is written."""
    try:
        async with conn.transaction():
            for cursor, events in work:
                await cursor.projection.project(events, cursor.tx(conn))
    except PASSING:
        raise
    except Exception:
        return False
    return True


async def project(conn: Connection, cursor: Cursor, events: Sequence[Recorded]) -> None:
    error = await attempt(conn, cursor, events)
    if error is not None:
        await one_by_one(conn, cursor, events)


async def attempt(conn: Connection, cursor: Cursor, events: Sequence[Recorded]) -> Exception | None:
    """All of the events under one savepoint, or none and the reason."""
    try:
        async with conn.transaction():
            await cursor.projection.project(events, cursor.tx(conn))
    except PASSING:
        raise
    except Exception as error:
        return error
    return None


async def one_by_one(conn: Connection, cursor: Cursor, events: Sequence[Recorded]) -> None:
    """Find the event that cannot be taken: money stops before it, others park its stream and go on."""
    for recorded in events:
        if recorded.stream in cursor.parked:
            continue
        error = await attempt(conn, cursor, [recorded])
        if error is None:
            continue
        if cursor.projection.money or isinstance(error, BROKEN):
            stop(cursor, recorded, error)
            return
        await park(conn, cursor, recorded, described(error))


def stop(cursor: Cursor, recorded: Recorded, error: Exception) -> None:
    cursor.status = "stopped"
    cursor.error = f"{recorded.ref} at {recorded.position}: {described(error)}"
    cursor.position = recorded.position - 1


def described(error: Exception) -> str:
    """Without the database's detail line, which quotes values."""
    primary = error.diag.message_primary if isinstance(error, psycopg.Error) else None
    return f"{type(error).__name__}: {primary or error}"[:ERROR_LENGTH]
