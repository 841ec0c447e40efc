"""How far each projection has come: one row each, locked by whoever applies events to it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from pydantic_core import to_json

from projections.kernel import Connection, Projection, Tx
from schemas.envelope import Recorded

LOCK = "SELECT name, version, position, status FROM projections WHERE name = ANY(%s) ORDER BY name FOR UPDATE"
PARKED = "SELECT projection, stream FROM parked_streams WHERE projection = ANY(%s) AND stream = ANY(%s)"
PARK = (
    "INSERT INTO parked_streams (projection, stream, position, error, tenant_id) VALUES (%s, %s, %s, %s, %s)"
)
SAVE = """
UPDATE projections p
SET position = r.position, status = r.status, error = r.error, updated_at = clock_timestamp()
FROM json_to_recordset(%s) AS r(name text, position bigint, status text, error text)
WHERE p.name = r.name
"""
# The batch is small beside the tables, whatever stale statistics say: always look rows up by key.
BY_KEY = "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL enable_seqscan = off"

Status = Literal["live", "stopped", "building"]


@dataclass
class Cursor:
    """`name` is the bookkeeping row: the projection's own, or that of a version being built."""

    projection: Projection
    name: str
    version: int
    position: int
    status: Status = "live"
    error: str | None = None
    parked: set[str] = field(default_factory=set)

    def tx(self, conn: Connection) -> Tx:
        return self.projection.tx(conn, self.version)

    def wants(self, recorded: Recorded) -> bool:
        return (
            recorded.position > self.position
            and type(recorded.event) in self.projection.events
            and recorded.stream not in self.parked
        )


async def lock(conn: Connection, projections: Sequence[Projection]) -> list[Cursor]:
    """The cursors, held until the transaction ends. Bookkeeping that lacks a projection is a KeyError."""
    await conn.execute(BY_KEY)
    names = [projection.name for projection in projections]
    rows = await (await conn.execute(LOCK, (names,))).fetchall()
    found = {name: (version, position, status) for name, version, position, status in rows}
    return [Cursor(projection, projection.name, *found[projection.name]) for projection in projections]


async def load_parked(conn: Connection, cursors: Sequence[Cursor], events: Sequence[Recorded]) -> None:
    by_name = {cursor.name: cursor for cursor in cursors}
    streams = list({recorded.stream for recorded in events})
    rows = await (await conn.execute(PARKED, (list(by_name), streams))).fetchall()
    for name, stream in rows:
        by_name[name].parked.add(stream)


async def park(conn: Connection, cursor: Cursor, recorded: Recorded, error: str) -> None:
    cursor.parked.add(recorded.stream)
    row = (cursor.name, recorded.stream, recorded.position, error, recorded.tenant_id)
    await conn.execute(PARK, row)


async def save(conn: Connection, cursors: Sequence[Cursor]) -> None:
    rows = [{"name": c.name, "position": c.position, "status": c.status, "error": c.error} for c in cursors]
    await conn.execute(SAVE, (to_json(rows).decode(),))
