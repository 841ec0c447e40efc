"""From rows to leaves, nodes and a signed checkpoint. The same rows and keys always give the same ones."""

from collections.abc import Sequence
from datetime import datetime

from infra.audit.canonical import chained, decoded, leaf_of, parsed_data
from infra.audit.keys import SealKeys
from infra.audit.merkle import TILE_HEIGHT, Frontier
from infra.audit.notes import Checkpoint, signed
from infra.audit.store import Batch, Leaf, NodeRow, Signers, Stamp, Tail


def sealed(
    tail: Tail, rows: Sequence[tuple[bytes, bytes]], keys: SealKeys, now: datetime
) -> tuple[Batch, Tail]:
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
    signers = keys.signers(now)
    stamp = Stamp(tree.size, signed(Checkpoint(keys.signer.name, tree.size, tree.root()), signers))
    names = [str(signer.verifier) for signer in signers]
    before = tail.signed_by or [str(keys.verifiers[0])]
    changed = Signers(tree.size, names) if names != before else None
    return Batch(leaves, nodes, stamp, changed), Tail(tree, leaves[-1].position, chain, names)
