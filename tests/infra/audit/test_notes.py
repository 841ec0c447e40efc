import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from infra.audit.notes import BadNote, Checkpoint, Signer, Verifier

SIGNER = Signer("example.com/ledger", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
POINT = Checkpoint("example.com/ledger", 4711, bytes(range(32)))
NOTE = SIGNER.sign(POINT)


def test_a_checkpoint_has_the_form_that_verifiers_of_logs_read() -> None:
    body, signature = NOTE.split("\n\n")
    assert body == "example.com/ledger\n4711\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    assert signature.startswith("\u2014 example.com/ledger ") and signature.endswith("\n")


def test_the_key_of_the_specification_has_its_name() -> None:
    """The example of C2SP's signed-note, from Go's implementation."""
    key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    assert str(Verifier("PeterNeumann", bytes.fromhex(
        "1a5cd907143c384c41e830c5bce12aa8817ec5649aaabf2c31388b35b2d744d6"
    ))) == key  # fmt: skip


def test_what_was_signed_is_read_back() -> None:
    assert SIGNER.verifier.opened(NOTE) == POINT


@given(st.integers(0, len(NOTE.encode()) * 8 - 1))
def test_no_bit_of_a_note_can_change(bit: int) -> None:
    raw = bytearray(NOTE.encode())
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises(BadNote):
        SIGNER.verifier.opened(raw.decode(errors="surrogateescape"))


def test_anothers_signature_is_refused() -> None:
    other = Signer(SIGNER.name, Ed25519PrivateKey.generate())
    with pytest.raises(BadNote):
        SIGNER.verifier.opened(other.sign(POINT))
