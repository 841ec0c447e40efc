"""Segments of the ledger as files of their own, after which their leaves may go: the tree keeps one hash.

A segment's file is the same to the byte whoever writes it. Its events stay in the event store.
"""

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import asdict, dataclass

from psycopg import sql
from pydantic_core import from_json, to_json

from infra.audit import store
from infra.audit.canonical import CHAIN_START, chained
from infra.audit.lines import dumped, loaded
from infra.audit.merkle import TILE_WIDTH, Frontier, Node
from infra.audit.reading import lines_from
from infra.audit.store import SEGMENT, Connection

FORMAT = "hirebuddha-segment/1"
LOCK_TIMEOUT = "SET LOCAL lock_timeout = '5s'"
CHAIN = "SELECT chain FROM audit_nodes WHERE level = 1 AND index = %s"
LEAVES = "SELECT coalesce(min(audit_seq), 0), coalesce(max(audit_seq) + 1, 0) FROM audit_leaves"


class NotArchivable(ValueError):
    """The segment is not complete, or not the oldest."""


class BadArchive(ValueError):
    """The file does not hold what was sealed."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """`root` is a node of the ledger's tree; `before` and `after` are the chain at the segment's ends."""

    format: str
    segment: int
    first: int
    entries: int
    root: str
    before: str
    after: str


async def manifest(conn: Connection, segment: int, leaves: int = SEGMENT) -> Manifest:
    """Raises NotArchivable."""
    _, size = await bounds(conn)
    first, end = segment * leaves, (segment + 1) * leaves
    if segment < 0 or end >= size:
        raise NotArchivable(
            f"segment {segment} ends with entry {end}, and {size} are sealed: something must follow it"
        )
    root = await store.node(conn, Node(leaves.bit_length() - 1, segment))
    before = await chain_at(conn, first)
    return Manifest(
        FORMAT, segment, first, leaves, root.hex(), before.hex(), (await chain_at(conn, end)).hex()
    )


async def written(
    conn: Connection, segment: int, salts: bytes, leaves: int = SEGMENT
) -> AsyncIterator[bytes]:
    """The file, line by line."""
    head = await manifest(conn, segment, leaves)
    yield to_json(asdict(head)) + b"\n"
    async for one in lines_from(conn, head.first, head.first + head.entries, salts):
        yield dumped(one)


def check(lines: Iterable[bytes]) -> Manifest:
    """A file as it must be. Raises BadArchive, which names the first entry that is not."""
    it = iter(lines)
    try:
        head = Manifest(**from_json(next(it)))
    except (ValueError, TypeError, StopIteration) as error:
        raise BadArchive("it has no manifest") from error
    tree, chain = Frontier(), bytes.fromhex(head.before)
    for leaf in checked(it, head.first):
        tree.push(leaf)
        chain = chained(chain, leaf)
    if (tree.size, tree.root().hex(), chain.hex()) != (head.entries, head.root, head.after):
        raise BadArchive(f"its {tree.size} entries do not make the root of its manifest")
    return head


def checked(lines: Iterator[bytes], first: int) -> Iterator[bytes]:
    for seq, text in enumerate(lines, start=first):
        try:
            one = loaded(text)
            leaf = one.leaf
        except ValueError as error:
            raise BadArchive(f"entry {seq}: {error}") from error
        if one.seq != seq:
            raise BadArchive(f"entry {seq} is missing")
        yield leaf


async def drop(owner: Connection, head: Manifest, leaves: int = SEGMENT) -> None:
    """Its leaves go, for ever, when the file holds what is sealed. The oldest first. As owner."""
    if head != await manifest(owner, head.segment, leaves):
        raise BadArchive("it is not of this ledger")
    if (await bounds(owner))[0] != head.first:
        raise NotArchivable("an older segment is there still, or this one is gone already")
    table = sql.Identifier(f"audit_leaves_{head.segment}")
    async with owner.transaction():
        await owner.execute(LOCK_TIMEOUT)
        await owner.execute(sql.SQL("DROP TABLE {}").format(table))


async def bounds(conn: Connection) -> tuple[int, int]:
    row = await (await conn.execute(LEAVES)).fetchone()
    assert row is not None
    return row[0], row[1]


async def chain_at(conn: Connection, size: int) -> bytes:
    if size == 0:
        return CHAIN_START
    row = await (await conn.execute(CHAIN, (size // TILE_WIDTH - 1,))).fetchone()
    if row is None:
        raise NotArchivable(f"the tree has no tile that ends with entry {size}")
    return bytes(row[0])
