"""`hb witness`, with nothing of the platform there."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.app import app
from api.cli.errors import Refused
from infra.witness.folder import BadFolder, Folder
from tests.support.ledger import KEYS

LEDGER = str(KEYS.signer.verifier)
NAME = "witness.example.com/w1"


def told(*words: object) -> str:
    found = CliRunner().invoke(app, ["witness", *map(str, words)])
    if found.exception is not None:
        raise found.exception
    return found.stdout


def test_a_new_witness_tells_its_public_key_and_again_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "w1"
    said = told("new", path, "--name", NAME, "--ledger", LEDGER)
    key = str(Folder(path).cosigner.witness)
    assert key.startswith(f"{NAME}+") and key in said
    assert told("key", path) == f"{key}\n"


def test_what_makes_no_witness_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "w1"
    with pytest.raises(Refused):
        told("new", path, "--name", NAME, "--ledger", "nonsense")
    with pytest.raises(BadFolder):
        told("new", path, "--name", "two words", "--ledger", LEDGER)
    with pytest.raises(BadFolder):
        told("serve", path)
    assert not path.exists()
