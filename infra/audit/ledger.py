"""The sealed ledger for its readers: what they may see of it, with proofs that it is what was signed."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import sql
from pydantic_core import to_json

from infra.audit import cosigned, store
from infra.audit.canonical import COPY_END, COPY_HEADER, HEAD, split
from infra.audit.keys import SealKeys
from infra.audit.lines import Line, ViewName, dumped, line
from infra.audit.signers import PublishedKey, at, published, stored
from infra.audit.store import Connection, Missing, Stamp
from infra.audit.tiles import Tiles
from infra.db.scope import Scope

Connect = Callable[[Scope], AbstractAsyncContextManager[Connection]]

FORMAT = "hirebuddha-ledger/1"
PAGE = 1_000

# The sequence comes last: what is before it is a copied row as any other.
ENTRIES = """
COPY (SELECT state, {head}, l.audit_seq FROM audit_leaves l
    JOIN stored_events e ON e.notification_id = l.position AND e.topic LIKE 'billing.%'
    WHERE l.audit_seq >= {first} AND l.audit_seq < {size} AND {wanted}
    ORDER BY l.audit_seq LIMIT {limit}) TO STDOUT (FORMAT BINARY)"""
COUNT = """
SELECT count(*) FROM audit_leaves l
JOIN stored_events e ON e.notification_id = l.position AND e.topic LIKE 'billing.%'
WHERE l.audit_seq < {size} AND {wanted}"""
LEAVES = """
SELECT w.stream || '@' || w.version AS ref, l.audit_seq, l.leaf
FROM unnest(%s::text[], %s::bigint[]) AS w (stream, version)
JOIN stored_events e ON (e.originator_id, e.originator_version) = (w.stream, w.version)
JOIN audit_leaves l ON l.position = e.notification_id WHERE l.audit_seq < %s"""
SEQ_BYTES = 12


class NothingSealed(LookupError):
    """There is no checkpoint yet."""


class NothingCosigned(NothingSealed):
    """No witness has cosigned a checkpoint yet."""


class NoSuchSize(ValueError):
    """The ledger never had so many entries, or not in this order."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of what the reader may see. `period`: a ledger's month, and for other events the one they are of."""

    tenant_id: UUID | None = None
    partner_id: UUID | None = None
    period: str | None = None
    position: int | None = None

    def sql(self) -> sql.Composable:
        conditions: list[sql.Composable] = [sql.SQL("true")]
        if self.tenant_id is not None:
            conditions.append(sql.SQL("l.tenant_id = {}").format(self.tenant_id))
        if self.partner_id is not None:
            conditions.append(sql.SQL("l.partner_id = {}").format(self.partner_id))
        if self.position is not None:
            conditions.append(sql.SQL("l.position = {}").format(self.position))
        if self.period is not None:
            conditions.append(
                sql.SQL(
                    "CASE WHEN starts_with(e.originator_id, 'ledger-') THEN right(e.originator_id, 7)"
                    " ELSE to_char(e.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM') END = {}"
                ).format(self.period)
            )
        return sql.SQL(" AND ").join(conditions)


EVERYTHING = Wanted()


@dataclass(frozen=True, slots=True)
class Proved:
    entry: Line
    proof: Sequence[bytes]
    checkpoint: str
    key: str


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint, a key that signs it, and all keys there ever were. `key` is the one known for longest."""

    stamp: Stamp
    key: str
    keys: Sequence[PublishedKey]


class SealedLedger:
    """`connect` gives a transaction in a scope; proofs are made in the platform's, of hashes only."""

    def __init__(self, keys: SealKeys, connect: Connect) -> None:
        self._keys, self._connect = keys, connect

    async def keys(self) -> list[PublishedKey]:
        async with self._connect(Scope(platform=True)) as conn:
            return published(await stored(conn, self._keys))

    async def signed(self, witnessed: bool = False) -> Signed:
        """Keys are read after the checkpoint: those that sign it are among them."""
        async with self._connect(Scope(platform=True)) as conn:
            stamp = await (cosigned.newest(conn) if witnessed else store.latest(conn))
            if stamp is None:
                raise NothingCosigned if witnessed else NothingSealed
            signers = await stored(conn, self._keys)
            stamp = await cosigned.with_lines(conn, stamp)
        return Signed(stamp, at(signers, stamp.size)[0], published(signers))

    async def checkpoint(self, witnessed: bool = False) -> Stamp:
        """With the lines of its witnesses. `witnessed`: the last that has any."""
        return (await self.signed(witnessed)).stamp

    async def prove_at(self, scope: Scope, position: int, open_: Sequence[ViewName]) -> Proved | None:
        """None: not sealed yet, or not to be seen in this scope."""
        signed = await self.signed()
        stamp = signed.stamp
        found = await self.page(scope, stamp.size, 0, Wanted(position=position), open_)
        if not found:
            return None
        async with self._connect(Scope(platform=True)) as conn:
            proof = await Tiles(conn, stamp.size).inclusion(found[0].seq)
        return Proved(found[0], proof, stamp.note, signed.key)

    async def proofs_for(self, scope: Scope, refs: Sequence[str]) -> dict[str, Any]:
        """By ref of an entry's event its sequence, its leaf and its proof, with the checkpoint all are of.

        What is not sealed yet, or not to be seen in this scope, is absent. Empty when nothing is sealed.
        """
        try:
            signed = await self.signed()
        except NothingSealed:
            return {}
        stamp = signed.stamp
        streams, versions = ([part[i] for part in (ref.rsplit("@", 1) for ref in refs)] for i in (0, 1))
        async with self._connect(scope) as conn:
            rows = await (await conn.execute(LEAVES, (streams, versions, stamp.size))).fetchall()
        async with self._connect(Scope(platform=True)) as conn:
            tiles = Tiles(conn, stamp.size)
            entries = {
                ref: {"seq": seq, "leaf": leaf.hex(), "proof": hexes(await tiles.inclusion(seq))}
                for ref, seq, leaf in rows
            }
        return {"checkpoint": stamp.note, "key": signed.key, "entries": entries}

    async def consistency(self, old: int, size: int) -> list[bytes]:
        if not 0 <= old <= size <= (await self.checkpoint()).size:
            raise NoSuchSize("from and to must be sizes the ledger had, the older first")
        async with self._connect(Scope(platform=True)) as conn:
            return await Tiles(conn, size).consistency(old)

    async def tile(self, level: int, number: int, width: int) -> bytes:
        """Raises Missing."""
        stamp = await self.checkpoint()
        async with self._connect(Scope(platform=True)) as conn:
            found = await Tiles(conn, stamp.size).tile(level, number)
        if len(found) < width:
            raise Missing(f"the tile has {len(found)} hashes")
        return b"".join(found[:width])

    async def page(
        self,
        scope: Scope,
        size: int,
        first: int,
        wanted: Wanted,
        open_: Sequence[ViewName],
        limit: int = PAGE,
    ) -> list[Line]:
        parts = {"first": first, "size": size, "wanted": wanted.sql(), "limit": limit}
        query = sql.SQL(ENTRIES).format(head=sql.SQL(", ").join(map(head_column, HEAD)), **parts)
        found = []
        async with self._connect(scope) as conn, conn.cursor() as cursor, cursor.copy(query) as copy:
            async for part in copy:
                row = bytes(part).removeprefix(COPY_HEADER)
                if row and row != COPY_END:
                    head, data = split(row[:-SEQ_BYTES])
                    seq = int.from_bytes(row[-8:], "big")
                    found.append(line(seq, head, data, self._keys.salts, *open_))
        return found

    async def lines(
        self, scope: Scope, first: int, wanted: Wanted, open_: Sequence[ViewName]
    ) -> AsyncIterator[Line]:
        """From one entry on, up to the latest checkpoint."""
        size = (await self.checkpoint()).size
        while found := await self.page(scope, size, first, wanted, open_):
            for one in found:
                yield one
            first = found[-1].seq + 1

    async def export(
        self,
        scope: Scope,
        wanted: Wanted,
        open_: Sequence[ViewName],
        earlier: Sequence[int] = (),
        witnessed: bool = False,
    ) -> AsyncIterator[bytes]:
        """What `verify_ledger.py` reads. `earlier`: sizes of older checkpoints to be consistent with."""
        signed = await self.signed(witnessed)
        stamp = signed.stamp
        query = sql.SQL(COUNT).format(size=stamp.size, wanted=wanted.sql())
        async with self._connect(scope) as conn:
            row = await (await conn.execute(query)).fetchone()
        consistency = {str(old): hexes(await self.consistency(old, stamp.size)) for old in earlier}
        yield manifest(signed, row[0] if row else 0, consistency)
        first = 0
        while found := await self.page(scope, stamp.size, first, wanted, open_):
            async with self._connect(Scope(platform=True)) as conn:
                tiles = Tiles(conn, stamp.size)
                proofs = [await tiles.inclusion(one.seq) for one in found]
            for one, proof in zip(found, proofs, strict=True):
                yield dumped(one, proof=hexes(proof))
            first = found[-1].seq + 1


def head_column(name: str) -> sql.Composable:
    return sql.SQL("e.{}").format(sql.Identifier(name))


def manifest(signed: Signed, entries: int, consistency: dict[str, list[str]]) -> bytes:
    by = {"key": signed.key, "keys": [one._asdict() for one in signed.keys]}
    fields = {"format": FORMAT, **by, "checkpoint": signed.stamp.note, "entries": entries}
    return to_json({**fields, "consistency": consistency}) + b"\n"


def hexes(hashes: Sequence[bytes]) -> list[str]:
    return [one.hex() for one in hashes]
