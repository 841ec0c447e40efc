"""A witness of the test ledger, and histories to show to it, without a platform."""

from collections.abc import Sequence
from pathlib import Path

from infra.audit.merkle import Node, consistency_spans, leaf_hash, root_of, span_hashes, subtree
from infra.audit.notes import Checkpoint, Signer
from infra.witness.folder import Folder, create
from infra.witness.submission import Submission
from tests.support.ledger import KEYS


def new_witness(path: Path, name: str = "witness.example.com/w1") -> Folder:
    return create(path, name, [KEYS.signer.verifier])


def leaves(count: int, fork_at: int | None = None) -> list[bytes]:
    """Of one history; with `fork_at`, of another from there on."""
    return [
        leaf_hash(b"forked" * (fork_at is not None and number >= fork_at) + bytes([number]))
        for number in range(count)
    ]


def submitted(tree: Sequence[bytes], old: int, signer: Signer = KEYS.signer) -> Submission:
    def node(one: Node) -> bytes:
        return subtree(tree[one.number << one.level : (one.number + 1) << one.level])

    proof = span_hashes(consistency_spans(old, len(tree)), node) if old <= len(tree) else []
    return Submission(old, proof, signer.sign(Checkpoint(signer.name, len(tree), root_of(tree))))
