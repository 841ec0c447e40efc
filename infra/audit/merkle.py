"""The Merkle tree of RFC 6962. Nothing here reads anything: hashes come in, hashes go out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

EMPTY_ROOT = sha256(b"").digest()
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT


class Node(NamedTuple):
    """The root of the complete subtree over leaves `number << level` to `(number + 1) << level`."""

    level: int
    number: int


Span = tuple[int, int]
"""Leaves `low` to `high`, without `high`."""


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


@dataclass
class Frontier:
    """What must be known of a tree to let it grow: the roots of its complete subtrees, largest first."""

    size: int = 0
    hashes: list[bytes] = field(default_factory=list)

    def push(self, leaf: bytes) -> list[tuple[Node, bytes]]:
        """The nodes on tile borders (levels 8, 16, …) that this leaf completes."""
        completed, level, index = [], 0, self.size
        while index & 1:
            leaf = sha256(b"\x01" + self.hashes.pop() + leaf).digest()
            index >>= 1
            level += 1
            if not level % TILE_HEIGHT:
                completed.append((Node(level, index), leaf))
        self.hashes.append(leaf)
        self.size += 1
        return completed

    def root(self) -> bytes:
        return folded(self.hashes) if self.hashes else EMPTY_ROOT


def folded(hashes: Sequence[bytes]) -> bytes:
    """One hash of neighbouring complete subtrees that get smaller to the right."""
    *others, root = hashes
    for left in reversed(others):
        root = node_hash(left, root)
    return root


def subtree(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of neighbours."""
    while len(hashes) > 1:
        hashes = [node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]


def nodes_of(low: int, high: int) -> Iterator[Node]:
    """The complete subtrees of a span that begins where a subtree of its size would."""
    while low < high:
        level = (high - low).bit_length() - 1
        yield Node(level, low >> level)
        low += 1 << level


def inclusion_spans(index: int, size: int) -> list[Span]:
    """What the proof of a leaf is made of, from the leaf's neighbour up."""
    found, low, high = [], 0, size
    while high - low > 1:
        middle = low + split(high - low)
        if index < middle:
            found.append((middle, high))
            high = middle
        else:
            found.append((low, middle))
            low = middle
    return found[::-1]


def consistency_spans(old: int, size: int) -> list[Span]:
    """What proves that the tree of `size` leaves begins with the one of `old`."""
    found, low, high = [], 0, size
    while 0 < old < high:
        middle = low + split(high - low)
        if old <= middle:
            found.append((middle, high))
            high = middle
        else:
            found.append((low, middle))
            low = middle
    return [(low, high), *found[::-1]] if low else found[::-1]


def split(count: int) -> int:
    """The largest power of two below it."""
    return 1 << (count - 1).bit_length() - 1


def root_of(leaves: Iterable[bytes]) -> bytes:
    tree = Frontier()
    for leaf in leaves:
        tree.push(leaf)
    return tree.root()


def included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    spans = inclusion_spans(index, size) if 0 <= index < size else []
    if len(spans) != len(proof) or not 0 <= index < size:
        return False
    for (low, _), sibling in zip(spans, proof, strict=True):
        leaf = node_hash(sibling, leaf) if low < index else node_hash(leaf, sibling)
    return leaf == root


def consistent(old: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """The roots of both sizes come out of one proof, when the smaller tree is the beginning of the larger."""
    if not 0 < old < size:
        return not proof and (old == 0 or (old == size and old_root == root))
    spans = consistency_spans(old, size)
    if len(spans) != len(proof):
        return False
    start = 0 if spans[0][0] >= old else 1
    before = after = proof[0] if start else old_root
    for (low, _), sibling in zip(spans[start:], proof[start:], strict=True):
        if low < old:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
        else:
            after = node_hash(after, sibling)
    return (before, after) == (old_root, root)


def span_hashes(spans: Iterable[Span], node: Callable[[Node], bytes]) -> list[bytes]:
    return [folded([node(one) for one in nodes_of(*span)]) for span in spans]
