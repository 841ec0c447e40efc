"""Against the vectors of RFC 6962's reference implementation, and against its recursive definition."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.audit.merkle import (
    EMPTY_ROOT,
    Frontier,
    Node,
    consistency_spans,
    consistent,
    included,
    inclusion_spans,
    leaf_hash,
    node_hash,
    root_of,
    span_hashes,
    subtree,
)

INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf_hash(bytes.fromhex(data)) for data in INPUTS]


def defined(leaves: list[bytes]) -> bytes:
    """MTH of the RFC, word for word."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"").digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(defined(leaves[:k]), defined(leaves[k:]))


def hashes(count: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(count)]


def proof(leaves: list[bytes], spans: list[tuple[int, int]]) -> list[bytes]:
    def node(one: Node) -> bytes:
        return subtree(leaves[one.number << one.level : (one.number + 1) << one.level])

    return span_hashes(spans, node)


@pytest.mark.parametrize("size", range(1, 9))
def test_the_reference_trees_have_their_roots(size: int) -> None:
    assert root_of(LEAVES[:size]).hex() == ROOTS[size - 1]


def test_the_reference_proofs_come_out() -> None:
    path = [found.hex() for found in proof(LEAVES, inclusion_spans(0, 8))]
    assert path == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    grown = [found.hex() for found in proof(LEAVES[:8], consistency_spans(6, 8))]
    assert grown == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@pytest.mark.parametrize("size", [0, 1, 2, 3, 255, 256, 257, 1000])
def test_a_tree_that_grew_has_the_root_of_its_definition(size: int) -> None:
    tree = Frontier()
    completed = dict(pair for leaf in hashes(size) for pair in tree.push(leaf))
    assert tree.root() == (defined(hashes(size)) if size else EMPTY_ROOT)
    assert completed == {
        Node(8, n): defined(hashes(size)[n * 256 : n * 256 + 256]) for n in range(size // 256)
    }


@given(st.integers(1, 300), st.data())
def test_every_leaf_is_proved_and_no_other_is(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaves = hashes(size)
    path, root = proof(leaves, inclusion_spans(index, size)), root_of(leaves)
    assert included(leaves[index], index, size, path, root)
    assert not included(leaf_hash(b"another"), index, size, path, root)
    other = data.draw(st.integers(-1, size + 1))
    assert other == index or not included(leaves[index], other, size, path, root)
    assert not included(leaves[index], index, size, [*path, root], root)


@given(st.integers(1, 300), st.data())
def test_a_tree_is_proved_to_begin_with_its_earlier_self_only(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(0, size))
    leaves = hashes(size)
    path, root = proof(leaves, consistency_spans(old, size)), root_of(leaves)
    assert consistent(old, root_of(leaves[:old]), size, root, path)
    if old:
        changed = [leaf_hash(b"another"), *leaves[1:old]]
        assert not consistent(old, root_of(changed), size, root, path)
        assert not consistent(old, root_of(leaves[:old]), size, leaf_hash(b"root"), path)
