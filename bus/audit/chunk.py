"""One stretch of the ledger, in a process of its own: every row as it must be, beside the row as it is."""

from dataclasses import dataclass, field
from hashlib import sha256
from itertools import zip_longest
from typing import Any, NamedTuple

import psycopg

from bus.audit import amounts, entry_rows, holds
from bus.audit.findings import MOST, Finding
from infra.audit.canonical import CHAIN_START, ROWS, decoded, leaf_of, parsed_data, split
from infra.audit.copying import copied
from infra.audit.merkle import TILE_WIDTH
from infra.audit.store import LAST_POSITION
from infra.db.pools import WORKER, options

LEAVES = """
COPY (SELECT audit_seq, position, tenant_id, partner_id, leaf, chain FROM audit_leaves
    WHERE audit_seq >= {first} AND audit_seq < {end} ORDER BY audit_seq) TO STDOUT (FORMAT BINARY)"""
CHAIN_BEFORE = "SELECT chain FROM audit_nodes WHERE level = 1 AND index = %s"
END = str(LAST_POSITION).encode()
SIX, LONG, HASH = b"\0\6", b"\0\0\0\x08", b"\0\0\0\x20"


class Chunk(NamedTuple):
    """Events after `above` up to `upto` are the entries from `first` on; it begins on a tile's border.

    `stored`: their leaves are there. `projected`: up to where they have rows in `ledger_entries`.
    `held`: up to where the projection of holds has come.
    """

    first: int
    entries: int
    above: int
    upto: int
    stored: bool
    projected: int
    held: int


@dataclass
class Checked:
    """`borders`: position and chain hash at the end of each full tile of leaves."""

    chunk: Chunk
    leaves: list[bytes] = field(default_factory=list)
    borders: list[tuple[int, bytes]] = field(default_factory=list)
    holds: dict[str, str | None] = field(default_factory=dict)
    rows: list[bytes] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def found(self, where: str, what: str) -> None:
        if len(self.findings) < MOST:
            self.findings.append(Finding(where, what))


class Event(NamedTuple):
    """What is needed of a head. `owner`: tenant and partner, with their lengths."""

    position: int
    stream: bytes
    type: str
    owner: bytes


def event_of(head: bytes) -> Event:
    """The columns of canonical.HEAD, by their lengths: 8, stream, 8, type, 4, 16, 16 or none."""
    version = 16 + int.from_bytes(head[12:16], "big")
    type_ = version + 16
    owner = type_ + int.from_bytes(head[version + 12 : type_], "big") + 8
    end = owner + (24 if head[owner + 20] else 40)
    return Event(
        int.from_bytes(head[4:12], "big"), head[16:version], head[type_ : owner - 8].decode(), head[owner:end]
    )


def name_of(head: bytes) -> str:
    found = decoded(head)
    return f"event {found.stream}@{found.version}"


def check(database_url: str, chunk: Chunk, key: bytes) -> Checked:
    checked = Checked(chunk)
    with psycopg.connect(database_url, options=options(WORKER), autocommit=True) as conn:
        events = copied(conn, ROWS.format(above=chunk.above, upto=chunk.upto, limit=chunk.entries))
        leaves = copied(conn, LEAVES.format(first=chunk.first, end=chunk.first + chunk.entries))
        check_leaves(checked, events, leaves, chain_before(conn, chunk.first), key)
        last = min(chunk.upto, chunk.projected)
        check_rows(checked, copied(conn, entry_rows.ROWS.format(above=chunk.above, upto=last)), last)
    checked.rows.clear()
    return checked


def chain_before(conn: psycopg.Connection[Any], first: int) -> bytes:
    row = conn.execute(CHAIN_BEFORE, (first // TILE_WIDTH - 1,)).fetchone() if first else (CHAIN_START,)
    return bytes(row[0]) if row else b""


def check_leaves(
    checked: Checked, events: list[bytes], stored: list[bytes], chain: bytes, key: bytes
) -> None:
    """A chain that is wrong at one leaf goes on from what is stored there: what follows is not wrong too."""
    rows = {int.from_bytes(row[6:14], "big"): row for row in stored}
    for seq, row in enumerate(events, start=checked.chunk.first):
        head, data = split(row)
        event = event_of(head)
        leaf = check_event(checked, event, head, data, key)
        chain = sha256(chain + leaf).digest()
        if checked.chunk.stored:
            wanted = leaf_row(seq, head, event, leaf, chain)
            if rows.get(seq) != wanted:
                checked.found(f"{name_of(head)} (leaf {seq})", difference(wanted, rows.get(seq)))
                chain = (rows.get(seq) or chain)[-32:]
        checked.leaves.append(leaf)
        if (seq + 1) % TILE_WIDTH == 0:
            checked.borders.append((event.position, chain))


def check_event(checked: Checked, event: Event, head: bytes, data: bytes, key: bytes) -> bytes:
    """What cannot be read has no leaf, and so not the one that was sealed."""
    try:
        parsed = parsed_data(data)
        for what in amounts.wrong(event.type, parsed):
            checked.found(name_of(head), what)
        if event.position <= checked.chunk.held:
            holds.follow(checked.holds, event.type, parsed)
        row = entry_rows.expected(event.position, event.stream, event.type, parsed)
        if row is not None:
            checked.rows.append(row)
        return leaf_of(head, data, parsed, key)
    except (ValueError, ArithmeticError, LookupError, TypeError) as error:
        checked.found(name_of(head), f"it cannot be read: {error!r}")
        return bytes(32)


def leaf_row(seq: int, head: bytes, event: Event, leaf: bytes, chain: bytes) -> bytes:
    number = seq.to_bytes(8, "big")
    return b"".join((SIX, LONG, number, head[:12], event.owner, HASH, leaf, HASH, chain))


def difference(wanted: bytes, stored: bytes | None) -> str:
    if stored is None:
        return "its leaf is missing"
    if stored[14:26] != wanted[14:26]:
        return "another event was sealed in its place"
    if stored[-68:-36] != wanted[-68:-36]:
        return "it is not what was sealed: its leaf differs"
    if stored[-32:] != wanted[-32:]:
        return "the chain breaks here"
    return "its leaf names another owner"


def check_rows(checked: Checked, stored: list[bytes], last: int) -> None:
    """Only the first difference: what follows it may merely be shifted."""
    wanted = [row for row in checked.rows if place(row) <= last]
    for one, other in zip_longest(wanted, stored, fillvalue=END):
        if one != other:
            position, what = min(place(one), place(other)), "differs from its event"
            if place(one) != place(other):
                what = "is missing" if place(one) == position else "no event made it"
            checked.found(f"ledger_entries at position {position}", what)
            return


def place(row: bytes) -> int:
    """The position an entry's row begins with."""
    return int(row.partition(b"\t")[0])
