"""The story of three months as `hb demo money` tells it, with few runs: what it says at the end is so."""

import subprocess
import sys
from pathlib import Path
from random import randrange
from typing import Any

import psycopg
import pytest

from api.cli.demo.money.proof import VERIFIER
from api.cli.demo.money.run import played
from api.cli.demo.money.stage import Size
from api.cli.demo.money.story import Outcome
from tests.support.servers import FreshDatabase

ORIGIN = "tests.example/ledger"
FEW = Size(days=1, runs=1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("money") / "told"


@pytest.fixture(scope="module")
def url(fresh_database: FreshDatabase) -> str:
    return fresh_database("money_demo")


@pytest.fixture(scope="module")
async def outcome(url: str, folder: Path) -> Outcome:
    seed = randrange(10**6)
    print(f"seed {seed}")
    return await played(url, ORIGIN, folder, seed, FEW)


def asked(url: str, query: str) -> list[Any]:
    with psycopg.connect(url) as conn:
        return conn.execute(query).fetchall()


def verified(file: Path) -> str:
    done = subprocess.run([sys.executable, "-I", VERIFIER, file], capture_output=True, text=True)
    return (done.stdout + done.stderr).strip()


def test_the_last_line_counts_what_is_there(outcome: Outcome, url: str) -> None:
    [[entries]] = asked(url, "SELECT count(*) FROM ledger_entries WHERE kind <> 'write_off'")
    [[leaves]] = asked(url, "SELECT count(*) FROM audit_leaves")
    assert str(outcome) == f"MONEY OK entries={entries} identity=0 verified={leaves}"


def test_every_document_is_there_to_read_and_to_look_at(outcome: Outcome, folder: Path) -> None:
    papers = sorted(file.stem for file in folder.glob("*.pdf"))
    statements = [f"{period}-partner-statement" for period in ("2026-08", "2026-09", "2026-10")]
    numbers = [f"2026-{8 + n // 3:02}-NL-{n + 1:06}" for n in range(9)]
    assert papers == sorted([*numbers, *statements, "NL-CN-000001"])
    pages = [file.read_bytes() for file in folder.glob("*-1.png")]
    assert len(pages) == len(papers)
    assert all(page.startswith(b"\x89PNG") for page in pages)


def test_a_bundle_verifies_alone_and_its_changed_entry_is_named(outcome: Outcome, folder: Path) -> None:
    whole, changed = (folder / f"ledger-partner{end}.jsonl" for end in ("", "-changed"))
    assert verified(whole).startswith("OK ")
    lines = zip(whole.read_text().splitlines(), changed.read_text().splitlines(), strict=True)
    [(before, after)] = [pair for pair in lines if pair[0] != pair[1]]
    assert sum(one != other for one, other in zip(before, after, strict=True)) == 1
    number = after.removeprefix('{"seq":').partition(",")[0]
    assert verified(changed) == f"WRONG entry {number}: it is not what was sealed"


def test_all_that_was_owed_is_paid_and_nobody_is_held_back(outcome: Outcome, url: str) -> None:
    assert asked(url, "SELECT DISTINCT status FROM tenants") == [("active",)]
    open_ = asked(url, "SELECT number FROM payments WHERE status <> 'succeeded' ORDER BY number")
    assert len(open_) == 1, "only October's transfer is still to come"
    kinds = {kind for [kind] in asked(url, "SELECT DISTINCT kind FROM ledger_entries")}
    assert kinds == {"settle", "write_off", "reversal", "adjustment"}
