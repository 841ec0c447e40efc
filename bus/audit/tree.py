"""Grows the tree from the leaves anew, beside the stored nodes and the signed checkpoints."""

from collections.abc import Sequence
from typing import Any

import psycopg

from bus.audit.chunk import Checked
from bus.audit.findings import Finding
from infra.audit.merkle import TILE_HEIGHT, Frontier
from infra.audit.notes import BadNote, Verifier
from infra.audit.store import NodeRow, Stamp

NODES = "SELECT level, index, hash, position, chain FROM audit_nodes"
STAMPS = "SELECT size, note FROM audit_checkpoints ORDER BY size"


class Tree:
    """Takes the chunks in order."""

    def __init__(self, nodes: Sequence[NodeRow], stamps: Sequence[Stamp], verifier: Verifier) -> None:
        self._nodes = {(row.level, row.number): row for row in nodes}
        self._stamps = list(reversed(stamps))
        self._verifier = verifier
        self._tree = Frontier()
        self._signed = 0
        self.checkpoints = len(stamps)
        self.findings: list[Finding] = []

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
            point = self._verifier.opened(stamp.note)
        except BadNote as error:
            self._found(f"checkpoint {stamp.size}", str(error))
            return
        if (point.size, point.root) != (stamp.size, self._tree.root()):
            self._found(f"checkpoint {stamp.size}", "it signs another tree than the entries make")

    def _found(self, where: str, what: str) -> None:
        self.findings.append(Finding(where, what))


def stored_tree(conn: psycopg.Connection[Any], verifier: Verifier) -> Tree:
    nodes = [NodeRow(*row) for row in conn.execute(NODES)]
    return Tree(nodes, [Stamp(*row) for row in conn.execute(STAMPS)], verifier)
