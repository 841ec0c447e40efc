"""Cosignatures as others write and read them."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from infra.audit import verify_ledger
from infra.audit.notes import BadKey, BadNote, Checkpoint, Signer, Verifier
from infra.witness.keys import Cosigner, Witness, cosigned_at, message

LEDGER = Signer("example.com/ledger", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
POINT = Checkpoint("example.com/ledger", 4711, bytes(range(32)))
ME = Cosigner("witness.example.com/w1", Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64))))
LINE = ME.line(POINT, 1_679_315_147)

PUBLIC = """arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==
— witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
— witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==
"""  # noqa: E501
"""A checkpoint of a public log, as four public witnesses cosigned it."""


@pytest.mark.parametrize(
    "key",
    [
        "transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM",
        "witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO",
        "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
        "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv",
    ],
)
def test_cosignatures_of_public_witnesses_are_read(key: str) -> None:
    witness = Witness.read(key)
    assert str(witness) == key
    assert cosigned_at(PUBLIC, witness) == 1_779_573_024
    assert verify_ledger.signs(key, verify_ledger.WITNESS, PUBLIC)
    with pytest.raises(BadNote):
        cosigned_at(PUBLIC.replace("1432088532", "1432088533"), witness)


def test_what_is_signed_is_the_example_of_the_specification() -> None:
    body = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    assert message(body, 1_679_315_147) == f"cosignature/v1\ntime 1679315147\n{body}".encode()


def test_a_cosignature_tells_its_time_beside_the_ledgers_signature() -> None:
    assert cosigned_at(LEDGER.sign(POINT) + LINE, ME.witness) == 1_679_315_147


@given(st.integers(0, len(LINE.encode()) * 8 - 1))
def test_no_bit_of_a_cosignature_can_change(bit: int) -> None:
    raw = bytearray(LINE.encode())
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises(BadNote):
        ME.witness.seen_at(POINT.body(), raw.decode(errors="surrogateescape"))


def test_the_same_private_key_as_the_ledgers_makes_no_signature_of_the_ledger() -> None:
    twin = Cosigner(LEDGER.name, LEDGER.private)
    assert twin.witness.hint != LEDGER.verifier.hint
    with pytest.raises(BadNote):
        LEDGER.verifier.check(POINT.body(), twin.line(POINT, 1))
    with pytest.raises(BadNote):
        twin.witness.check(POINT.body(), LEDGER.line(POINT))


def test_a_private_key_is_kept_as_text() -> None:
    assert Cosigner.read(ME.kept()).witness == ME.witness


@pytest.mark.parametrize(
    "text",
    [
        "",
        "witness.example.com/w1",
        str(ME.witness)[:-4],
        str(ME.witness).replace("w1", "w2"),
        str(ME.witness) + "\n",
        str(Witness("two words", ME.witness.public)),
        str(Witness("", ME.witness.public)),
        str(LEDGER.verifier),
        ME.kept(),
    ],
)
def test_what_is_no_key_of_a_witness_is_refused(text: str) -> None:
    with pytest.raises(BadKey):
        Witness.read(text)


def test_a_witness_is_no_ledger_and_a_public_key_no_private_one() -> None:
    with pytest.raises(BadKey):
        Verifier.read(str(ME.witness))
    for text in (str(ME.witness), "PRIVATE+KEY+nonsense", ME.kept().replace("w1", "w2")):
        with pytest.raises(BadKey) as told:
            Cosigner.read(text)
        assert text not in str(told.value)
