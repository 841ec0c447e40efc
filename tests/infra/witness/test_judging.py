"""A witness signs what goes on from what it saw, and nothing else."""

from collections.abc import Sequence

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from infra.audit.merkle import root_of
from infra.audit.notes import Checkpoint, Signer, signed
from infra.witness.judging import Refusal, Seen, judged
from infra.witness.submission import BadSubmission, Submission, read
from tests.support.ledger import KEYS as SEAL_KEYS
from tests.support.witnesses import leaves, submitted

LEDGER = SEAL_KEYS.signer
OTHER = Signer(LEDGER.name, Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64))))
KEYS = [LEDGER.verifier]
SIZES = st.integers(0, 40)
HASH = "A" * 43 + "=\n"


def seen(tree: Sequence[bytes]) -> Seen:
    return Seen(len(tree), root_of(tree))


def refused(before: Seen, asked: Submission) -> tuple[int, str, int | None]:
    with pytest.raises(Refusal) as told:
        judged(before, asked, KEYS)
    return told.value.status, told.value.code, told.value.size


@given(SIZES, SIZES)
def test_a_ledger_that_only_grew_is_signed(old: int, more: int) -> None:
    tree = leaves(old + more)
    asked = submitted(tree, old)
    assert judged(seen(tree[:old]), asked, KEYS) == asked.point()


@given(st.data(), st.integers(1, 40), SIZES)
def test_another_history_is_refused_wherever_it_forks(data: st.DataObject, old: int, more: int) -> None:
    forked = leaves(old + more, fork_at=data.draw(st.integers(0, old - 1)))
    wanted = (422, "witness.inconsistent", None) if more else (409, "witness.fork", old)
    assert refused(seen(leaves(old)), submitted(forked, old)) == wanted


@given(st.integers(1, 40), st.integers(1, 40))
def test_a_shorter_ledger_is_refused_with_the_size_seen(fewer: int, more: int) -> None:
    before = seen(leaves(fewer + more))
    asked = submitted(leaves(fewer), 0)
    assert refused(before, asked) == (409, "witness.rollback", fewer + more)


def test_who_asks_from_another_size_is_told_the_size_seen() -> None:
    asked = submitted(leaves(9), 4)
    assert refused(seen(leaves(5)), asked) == (409, "witness.other_size", 5)
    assert refused(Seen(), asked) == (409, "witness.other_size", 0)


def test_an_old_size_above_the_checkpoints_own_is_no_question() -> None:
    assert refused(Seen(), submitted(leaves(3), 4))[:2] == (400, "witness.old_size_too_large")


def test_the_empty_tree_has_one_root() -> None:
    assert judged(Seen(), submitted([], 0), KEYS).size == 0
    other = Submission(0, [], LEDGER.sign(Checkpoint(LEDGER.name, 0, bytes(32))))
    assert refused(Seen(), other) == (409, "witness.fork", 0)


def test_only_the_ledgers_keys_count_and_lines_of_others_do_no_harm() -> None:
    assert refused(Seen(), submitted(leaves(3), 0, OTHER))[:2] == (403, "witness.not_signed")
    point = Checkpoint(LEDGER.name, 3, root_of(leaves(3)))
    for signers in ([OTHER, LEDGER], [LEDGER, OTHER]):
        assert judged(Seen(), Submission(0, [], signed(point, signers)), KEYS) == point
    assert judged(Seen(), Submission(0, [], signed(point, [OTHER])), [*KEYS, OTHER.verifier]) == point


def test_another_ledger_is_not_known() -> None:
    stranger = Signer("example.com/other", LEDGER.private)
    assert refused(Seen(), submitted(leaves(3), 0, stranger))[:2] == (404, "witness.unknown_ledger")


@pytest.mark.parametrize(
    "body", ["", "x\n1\n", "x\n-1\n" + HASH, "x\n01\n" + HASH, "x\n1\nAAAA\n", "x\n1\n" + HASH + "more\n"]
)
def test_what_is_no_checkpoint_is_malformed(body: str) -> None:
    assert refused(Seen(), Submission(0, [], f"{body}\n— x y\n"))[:2] == (400, "witness.malformed")


@given(st.integers(0, 2**62), st.lists(st.binary(min_size=32, max_size=32), max_size=63))
def test_a_submission_is_read_as_it_was_written(old: int, proof: list[bytes]) -> None:
    asked = Submission(old, proof, LEDGER.sign(Checkpoint(LEDGER.name, 1, bytes(32))))
    assert read(asked.body().encode()) == asked


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 0",
        b"old 00\n\nnote",
        b"old -1\n\nnote",
        b"old 1_0\n\nnote",
        b"old " + b"9" * 5000 + b"\n\nnote",
        b"new 0\n\nnote",
        b"old 0\n!!!\n\nnote",
        b"old 0\nAAB=\n\nnote",
        b"old 0\n" + b"AAAA\n" * 64 + b"\nnote",
        b"old 0\r\n\r\nnote",
        b"old 0\n\n\xff",
    ],
)
def test_what_is_no_submission_is_refused(body: bytes) -> None:
    with pytest.raises(BadSubmission):
        read(body)
