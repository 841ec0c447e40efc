"""Grows the tree from the leaves anew, beside the stored nodes and the signed checkpoints."""

from collections.abc import Iterator, Sequence, Set
from typing import Any

import psycopg

from bus.audit.chunk import Checked
from bus.audit.findings import Finding
from infra.audit.keys import SealKeys
from infra.audit.merkle import TILE_HEIGHT, Frontier
from infra.audit.notes import BadNote, Verifier, opened
from infra.audit.signers import READ, at, whole
from infra.audit.store import NodeRow, Signers, Stamp

NODES = "SELECT level, index, hash, position, chain FROM audit_nodes"
STAMPS = "SELECT size, note FROM audit_checkpoints ORDER BY size"


class Tree:
    """Takes the chunks in order. A note must be signed by all the keys that signed at its size."""

    def __init__(
        self, nodes: Sequence[NodeRow], stamps: Sequence[Stamp], signers: Sequence[Signers], keys: SealKeys
    ) -> None:
        self._nodes = {(row.level, row.number): row for row in nodes}
        self._stamps = list(reversed(stamps))
        self._known = {str(one): one for one in keys.verifiers}
        self._signers = whole(signers, keys)
        self._tree = Frontier()
        self._signed = 0
        self.checkpoints = len(stamps)
        self.findings = [
            *wrong_signers(self._signers, list(self._known)),
            *misplaced_signers(signers, {stamp.size for stamp in stamps}),
        ]

    def grow(self, checked: Checked) -> None:
        borders = iter(checked.borders)
        for leaf in checked.leaves:
            completed = self._tree.push(leaf)
            if completed:
                position, chain = next(borders)
                for node, found in completed:
                    level = node.level // TILE_HEIGHT
                    self._compare(NodeRow(level, node.number, found, position, chain))
            while self._stamps and self._stamps[-1].size == self._tree.size:
                self._check(self._stamps.pop())

    def end(self) -> None:
        """What is left belongs to no leaf. The last checkpoint is of the last leaf."""
        for level, index in self._nodes:
            self._found(f"node {level}/{index}", "no leaf makes it")
        for stamp in self._stamps:
            self._found(f"checkpoint {stamp.size}", "there are not so many entries")
        if self._signed != self._tree.size:
            self._found(f"checkpoint {self._tree.size}", "is missing: the last entries are not signed for")

    def _compare(self, wanted: NodeRow) -> None:
        stored = self._nodes.pop((wanted.level, wanted.number), None)
        if stored != wanted:
            what = "is missing" if stored is None else "differs from the leaves below it"
            self._found(f"node {wanted.level}/{wanted.number}", what)

    def _check(self, stamp: Stamp) -> None:
        self._signed = stamp.size
        try:
            point = opened(stamp.note, self._verifiers(stamp.size))
        except BadNote as error:
            self._found(f"checkpoint {stamp.size}", str(error))
            return
        if (point.size, point.root) != (stamp.size, self._tree.root()):
            self._found(f"checkpoint {stamp.size}", "it signs another tree than the entries make")

    def _verifiers(self, size: int) -> list[Verifier]:
        return [self._known[key] for key in at(self._signers, size) if key in self._known]

    def _found(self, where: str, what: str) -> None:
        self.findings.append(Finding(where, what))


def wrong_signers(signers: Sequence[Signers], known: Sequence[str]) -> Iterator[Finding]:
    """Keys come and go in the order they were made in, and none comes back."""
    oldest = newest = 0
    for one in signers:
        ages = [known.index(key) if key in known else -1 for key in one.keys]
        if not ages or ages != sorted(set(ages)) or ages[0] < oldest or ages[-1] < newest:
            yield Finding(f"signers {one.first}", "they are not keys of this ledger, in their order")
            return
        oldest, newest = ages[0], ages[-1]


def misplaced_signers(signers: Sequence[Signers], sizes: Set[int]) -> Iterator[Finding]:
    for one in signers:
        if one.first not in sizes:
            yield Finding(f"signers {one.first}", "there is no checkpoint of this size")


def stored_tree(conn: psycopg.Connection[Any], keys: SealKeys) -> Tree:
    nodes = [NodeRow(*row) for row in conn.execute(NODES)]
    stamps = [Stamp(*row) for row in conn.execute(STAMPS)]
    return Tree(nodes, stamps, [Signers(*row) for row in conn.execute(READ)], keys)
