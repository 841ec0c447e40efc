"""From rows to leaves, nodes and a signed checkpoint. The same rows always give the same ones."""

from collections.abc import Sequence

from infra.audit.canonical import chained, decoded, leaf_of, parsed_data
from infra.audit.keys import SealKeys
from infra.audit.merkle import TILE_HEIGHT, Frontier
from infra.audit.notes import Checkpoint
from infra.audit.store import Batch, Leaf, NodeRow, Stamp, Tail


def sealed(tail: Tail, rows: Sequence[tuple[bytes, bytes]], keys: SealKeys) -> tuple[Batch, Tail]:
    """The tail given stays as it is: who fails to store the batch goes on from there."""
    tree, chain = Frontier(tail.tree.size, list(tail.tree.hashes)), tail.chain
    leaves, nodes = [], []
    for head, data in rows:
        row, hashed = decoded(head), leaf_of(head, data, parsed_data(data), keys.salts)
        chain = chained(chain, hashed)
        leaves.append(Leaf(tree.size, row.position, row.tenant_id, row.partner_id, hashed, chain))
        nodes += [
            NodeRow(node.level // TILE_HEIGHT, node.number, found, row.position, chain)
            for node, found in tree.push(hashed)
        ]
    note = keys.signer.sign(Checkpoint(keys.signer.name, tree.size, tree.root()))
    return Batch(leaves, nodes, Stamp(tree.size, note)), Tail(tree, leaves[-1].position, chain)
