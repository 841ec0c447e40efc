"""The sealed ledger in Postgres. Functions take a connection: the worker's to write, anybody's to read."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection

from infra.audit.canonical import CHAIN_START, COPY_END, COPY_HEADER, ROWS, split
from infra.audit.merkle import TILE_HEIGHT, Frontier, Node, nodes_of, subtree

Connection = AsyncConnection[Any]

SEGMENT = 1 << 20
"""Leaves of a segment. A power of two, so that a segment is one node of the tree."""

LAST_POSITION = 2**63 - 1

LEAVES = """
INSERT INTO audit_leaves (audit_seq, position, tenant_id, partner_id, leaf, chain)
SELECT * FROM unnest(%b::bigint[], %b::bigint[], %b::uuid[], %b::uuid[], %b::bytea[], %b::bytea[])"""
NODES = """
INSERT INTO audit_nodes (level, index, hash, position, chain)
SELECT * FROM unnest(%b::int[], %b::bigint[], %b::bytea[], %b::bigint[], %b::bytea[])"""
CHECKPOINT = "INSERT INTO audit_checkpoints (size, note) VALUES (%s, %s)"
TAIL = "SELECT audit_seq + 1, position, chain FROM audit_leaves ORDER BY audit_seq DESC LIMIT 1"
SIGNERS = "INSERT INTO audit_signers (first, keys) VALUES (%s, %s)"
SIGNED_BY = "SELECT keys FROM audit_signers ORDER BY first DESC LIMIT 1"
LATEST = "SELECT size, note FROM audit_checkpoints ORDER BY size DESC LIMIT 1"
LEAF_HASHES = "SELECT leaf FROM audit_leaves WHERE audit_seq >= %s AND audit_seq < %s ORDER BY audit_seq"
NODE_HASHES = "SELECT hash FROM audit_nodes WHERE level = %s AND index >= %s AND index < %s ORDER BY index"


class Missing(LookupError):
    """Hashes that are not there: of leaves to come, or of a segment that was dropped."""


class Leaf(NamedTuple):
    seq: int
    position: int
    tenant_id: UUID
    partner_id: UUID | None
    leaf: bytes
    chain: bytes


class NodeRow(NamedTuple):
    level: int
    number: int
    hash: bytes
    position: int
    chain: bytes


class Stamp(NamedTuple):
    size: int
    note: str


class Signers(NamedTuple):
    """Who signs checkpoints of `first` entries and more, up to the next row. Keys are told by their names."""

    first: int
    keys: Sequence[str]


@dataclass(frozen=True)
class Tail:
    """Where sealing goes on. `signed_by` is empty as long as there was one key only."""

    tree: Frontier = field(default_factory=Frontier)
    position: int = 0
    chain: bytes = CHAIN_START
    signed_by: Sequence[str] = ()


@dataclass(frozen=True)
class Batch:
    """What one transaction seals."""

    leaves: Sequence[Leaf]
    nodes: Sequence[NodeRow]
    stamp: Stamp
    signers: Signers | None = None
    """Given when they are not those of the checkpoint before."""


async def copied(
    conn: Connection, above: int, upto: int = LAST_POSITION, limit: int = LAST_POSITION
) -> AsyncIterator[bytes]:
    """Events that are sealed or to be sealed, each as `canonical.split` takes it."""
    query = ROWS.format(above=int(above), upto=int(upto), limit=int(limit))
    async with conn.cursor() as cursor, cursor.copy(query.encode()) as copy:
        async for part in copy:
            row = bytes(part).removeprefix(COPY_HEADER)
            if row and row != COPY_END:
                yield row


async def rows_after(conn: Connection, position: int, limit: int) -> list[tuple[bytes, bytes]]:
    return [split(row) async for row in copied(conn, position, limit=limit)]


async def write(conn: Connection, batch: Batch) -> None:
    """In the caller's transaction. A leaf that is there already is a UniqueViolation."""
    await conn.execute(LEAVES, columns(batch.leaves))
    if batch.nodes:
        await conn.execute(NODES, columns(batch.nodes))
    await conn.execute(CHECKPOINT, batch.stamp)
    if batch.signers:
        await conn.execute(SIGNERS, (batch.signers.first, list(batch.signers.keys)))


def columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


async def tail(conn: Connection) -> Tail:
    row = await (await conn.execute(TAIL)).fetchone()
    if row is None:
        return Tail()
    size, position, chain = row
    frontier = Frontier(size, [await node(conn, one) for one in nodes_of(0, size)])
    signed_by = await (await conn.execute(SIGNED_BY)).fetchone()
    return Tail(frontier, position, chain, signed_by[0] if signed_by else ())


async def latest(conn: Connection) -> Stamp | None:
    row = await (await conn.execute(LATEST)).fetchone()
    return Stamp(*row) if row else None


async def hashes(conn: Connection, tile_level: int, first: int, count: int) -> list[bytes]:
    """Neighbouring hashes of one level of tiles. Raises Missing."""
    bounds = (first, first + count)
    asked = (LEAF_HASHES, bounds) if tile_level == 0 else (NODE_HASHES, (tile_level, *bounds))
    found = [row[0] for row in await (await conn.execute(*asked)).fetchall()]
    if len(found) != count:
        raise Missing(f"{len(found)} of {count} hashes from {first} on are there")
    return found


async def node(conn: Connection, wanted: Node) -> bytes:
    tile_level, above = divmod(wanted.level, TILE_HEIGHT)
    return subtree(await hashes(conn, tile_level, wanted.number << above, 1 << above))


async def ensure_segments(conn: Connection, next_leaf: int, leaves: int = SEGMENT) -> None:
    """As owner."""
    await conn.execute("SELECT ensure_audit_segments(%s, %s)", (next_leaf, leaves))
