"""A sealed ledger in memory: the real tree and the real views, over entries of a few fields."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any
from uuid import UUID

from pydantic_core import to_json

from infra.audit.ledger import (
    NoSuchSize,
    NothingCosigned,
    NothingSealed,
    Proved,
    Signed,
    Wanted,
    hexes,
    manifest,
)
from infra.audit.lines import Line, ViewName, dumped, line
from infra.audit.merkle import (
    Node,
    Span,
    consistency_spans,
    inclusion_spans,
    root_of,
    span_hashes,
    subtree,
)
from infra.audit.notes import Checkpoint
from infra.audit.signers import PublishedKey
from infra.audit.store import Missing, Stamp
from infra.db.scope import Scope
from tests.support.ledger import KEYS

SALTS = b"s" * 32


class FakeAudit:
    def __init__(self, sees: Callable[[Scope, UUID], bool]) -> None:
        self._sees = sees
        self.entries: list[tuple[UUID, str, bytes, bytes]] = []

    def seal(self, owner: UUID, call_key: str, **data: Any) -> None:
        head = b"\0\0\0\x08" + len(self.entries).to_bytes(8, "big")
        self.entries.append((owner, call_key, head, to_json(data)))

    async def proofs_for(self, scope: Scope, refs: Sequence[str]) -> dict[str, Any]:
        """Of refs it knows nothing."""
        return {}

    async def keys(self) -> list[PublishedKey]:
        return [PublishedKey(str(KEYS.signer.verifier), 0)]

    async def checkpoint(self, witnessed: bool = False) -> Stamp:
        if witnessed:
            raise NothingCosigned
        leaves = self._leaves()
        if not leaves:
            raise NothingSealed
        note = KEYS.signer.sign(Checkpoint(KEYS.signer.name, len(leaves), root_of(leaves)))
        return Stamp(len(leaves), note)

    async def prove(self, scope: Scope, call_key: str, open_: Sequence[ViewName]) -> Proved | None:
        found = [one for one in self._visible(scope, open_) if self.entries[one.seq][1] == call_key]
        stamp, [(key, *_)] = await self.checkpoint(), await self.keys()
        return Proved(found[0], self._path(found[0].seq), stamp.note, key) if found else None

    async def consistency(self, old: int, size: int) -> list[bytes]:
        if not 0 <= old <= size <= len(self.entries):
            raise NoSuchSize("from and to must be sizes the ledger had, the older first")
        return self._hashes(consistency_spans(old, size))

    async def tile(self, level: int, number: int, width: int) -> bytes:
        found = self._leaves()[number * 256 :][:width] if level == 0 else []
        if not width <= len(found):
            raise Missing
        return b"".join(found)

    async def lines(
        self, scope: Scope, first: int, wanted: Wanted, open_: Sequence[ViewName]
    ) -> AsyncIterator[Line]:
        for one in self._visible(scope, open_)[:]:
            if one.seq >= first and wanted.tenant_id in (None, self.entries[one.seq][0]):
                yield one

    async def export(
        self,
        scope: Scope,
        wanted: Wanted,
        open_: Sequence[ViewName],
        earlier: Sequence[int] = (),
        witnessed: bool = False,
    ) -> AsyncIterator[bytes]:
        found = [one async for one in self.lines(scope, 0, wanted, open_)]
        stamp = await self.checkpoint(witnessed)
        grown = {str(old): hexes(await self.consistency(old, stamp.size)) for old in earlier}
        keys = await self.keys()
        yield manifest(Signed(stamp, keys[0].key, keys), len(found), grown)
        for one in found:
            yield dumped(one, proof=hexes(self._path(one.seq)))

    def _visible(self, scope: Scope, open_: Sequence[ViewName]) -> list[Line]:
        return [
            line(seq, head, data, SALTS, *open_)
            for seq, (tenant_id, _, head, data) in enumerate(self.entries)
            if self._sees(scope, tenant_id)
        ]

    def _leaves(self) -> list[bytes]:
        return [line(seq, head, data, SALTS).leaf for seq, (_, _, head, data) in enumerate(self.entries)]

    def _path(self, seq: int) -> list[bytes]:
        return self._hashes(inclusion_spans(seq, len(self.entries)))

    def _hashes(self, spans: list[Span]) -> list[bytes]:
        leaves = self._leaves()

        def node(one: Node) -> bytes:
            return subtree(leaves[one.number << one.level : (one.number + 1) << one.level])

        return span_hashes(spans, node)
