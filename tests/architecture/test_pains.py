"""The page of other engines' pains names a proof, or a reason, for each."""

import re

from tests.architecture.tree import ROOT

PAGE = ROOT / "docs" / "peers-pains.md"
PROOF = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
NO_PROOF = "—"
PAINS = 24


def lines() -> list[str]:
    return [line for line in PAGE.read_text().splitlines() if re.match(r"\| \d+ \|", line)]


def test_every_pain_has_its_line() -> None:
    assert [int(line.split("|")[1]) for line in lines()] == list(range(1, PAINS + 1))


def test_every_proof_exists() -> None:
    named = [found for line in lines() for found in PROOF.findall(line)]
    missing = [(file, test) for file, test in named if not defines(file, test)]
    assert named and missing == []


def test_what_has_no_proof_has_a_reason() -> None:
    without = [line for line in lines() if not PROOF.search(line)]
    assert [line for line in without if "Later: " not in line and "because" not in line] == []
    assert all(line.rstrip(" |").endswith(NO_PROOF) for line in without)


def defines(file: str, test: str) -> bool:
    path = ROOT / file
    return path.exists() and re.search(rf"^(async )?def {test}\(", path.read_text(), re.MULTILINE) is not None
