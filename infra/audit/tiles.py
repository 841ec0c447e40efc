"""Hashes of the stored tree, and proofs out of them. Whoever asks must see all leaves' hashes."""

from collections.abc import Iterable

from infra.audit import store
from infra.audit.merkle import (
    TILE_HEIGHT,
    TILE_WIDTH,
    Node,
    Span,
    consistency_spans,
    folded,
    inclusion_spans,
    nodes_of,
    subtree,
)
from infra.audit.store import Connection, Missing

KEPT = 64
"""Tiles a proof's neighbours need again."""


class Tiles:
    """The tree of a size that was signed. Raises Missing for what is not below it."""

    def __init__(self, conn: Connection, size: int) -> None:
        self._conn, self._size = conn, size
        self._kept: dict[tuple[int, int], list[bytes]] = {}

    async def tile(self, level: int, number: int) -> list[bytes]:
        """All of its hashes that the tree of this size has."""
        found = self._kept.get((level, number))
        if found is None:
            first = number * TILE_WIDTH
            count = min(TILE_WIDTH, (self._size >> TILE_HEIGHT * level) - first)
            if count < 1:
                raise Missing(f"the tree of {self._size} entries has no tile {level}/{number}")
            found = await store.hashes(self._conn, level, first, count)
            if len(self._kept) >= KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[level, number] = found
        return found

    async def node(self, wanted: Node) -> bytes:
        level, above = divmod(wanted.level, TILE_HEIGHT)
        number, first = divmod(wanted.number << above, TILE_WIDTH)
        return subtree((await self.tile(level, number))[first : first + (1 << above)])

    async def proof(self, spans: Iterable[Span]) -> list[bytes]:
        return [folded([await self.node(one) for one in nodes_of(*span)]) for span in spans]

    async def inclusion(self, seq: int) -> list[bytes]:
        return await self.proof(inclusion_spans(seq, self._size))

    async def consistency(self, old: int) -> list[bytes]:
        return await self.proof(consistency_spans(old, self._size))
