"""A witness under a real server: what it signs, what it refuses, and what it never forgets."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from infra.audit.notes import BadNote
from infra.witness.folder import BadFolder, Folder
from infra.witness.keys import cosigned_at
from infra.witness.service import BODY_BYTES, witness_app
from infra.witness.submission import Submission
from tests.support.serving import serving
from tests.support.witnesses import leaves, new_witness, submitted

ROOT = Path(__file__).parents[3]
TIME = 1_790_000_000
KILLED = """
import os, sys
from pathlib import Path
from infra.witness import folder, service
from infra.witness.folder import Folder
keep = Folder.keep
def keep_and_die(*given):
    keep(*given)
    os._exit(137)
Folder.keep = keep_and_die
service.cosigned(Folder(Path(sys.argv[1])), sys.stdin.buffer.read(), 1)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return new_witness(tmp_path / "w1")


@pytest.fixture
async def client(folder: Folder) -> AsyncIterator[httpx2.AsyncClient]:
    async with (
        serving(witness_app(folder, lambda: TIME)) as served,
        httpx2.AsyncClient(base_url=served.url, trust_env=False) as client,
    ):
        yield client


async def add(client: httpx2.AsyncClient, asked: Submission) -> httpx2.Response:
    return await client.post("/add-checkpoint", content=asked.body().encode())


def at(folder: Folder) -> int:
    """The size the witness on disk has seen."""
    return Folder(folder.path).seen.size


async def test_a_ledger_that_grows_is_cosigned_and_kept(client: httpx2.AsyncClient, folder: Folder) -> None:
    for old, size in ((0, 3), (3, 3), (3, 8)):
        asked = submitted(leaves(size), old)
        answer = await add(client, asked)
        assert answer.status_code == 200
        assert cosigned_at(asked.note + answer.text, folder.cosigner.witness) == TIME
        assert at(folder) == size
    assert (folder.path / "seen").read_text() == asked.note + answer.text


async def test_its_own_earlier_words_are_not_kept_twice(client: httpx2.AsyncClient, folder: Folder) -> None:
    asked = submitted(leaves(3), 0)
    line = (await add(client, asked)).text
    again = await add(client, Submission(3, [], asked.note + line))
    assert (again.status_code, (folder.path / "seen").read_text()) == (200, asked.note + again.text)


async def test_a_fork_is_refused_named_and_kept_as_evidence(
    client: httpx2.AsyncClient, folder: Folder
) -> None:
    await add(client, submitted(leaves(5), 0))
    same, longer, shorter = leaves(5, fork_at=2), leaves(7, fork_at=2), leaves(4)
    wanted = [
        (same, 5, 409, "witness.fork"),
        (longer, 5, 422, "witness.inconsistent"),
        (shorter, 0, 409, "witness.rollback"),
    ]
    for tree, old, status, code in wanted:
        answer = await add(client, submitted(tree, old))
        assert (answer.status_code, answer.headers["Witness-Code"]) == (status, code)
        if status == 409:
            assert (answer.text, answer.headers["Content-Type"]) == ("5\n", "text/x.tlog.size")
    assert at(folder) == 5
    assert (folder.path / "witness.fork").read_text() == submitted(same, 5).note
    assert (folder.path / "witness.inconsistent").read_text() == submitted(longer, 5).note
    await add(client, submitted(leaves(5, fork_at=0), 5))
    assert (folder.path / "witness.fork").read_text() == submitted(same, 5).note


async def test_what_is_no_question_is_refused(client: httpx2.AsyncClient, folder: Folder) -> None:
    for body, status, code in (
        (b"nonsense", 400, "witness.malformed"),
        (b"\xff" * BODY_BYTES, 400, "witness.malformed"),
        (b"x" * (BODY_BYTES + 1), 413, "witness.too_large"),
    ):
        answer = await client.post("/add-checkpoint", content=body)
        assert (answer.status_code, answer.headers["Witness-Code"]) == (status, code)
    assert (await client.get("/add-checkpoint")).status_code == 405
    assert at(folder) == 0


async def test_of_two_histories_at_once_one_is_signed(client: httpx2.AsyncClient, folder: Folder) -> None:
    asked = [submitted(leaves(6, fork_at=number), 0) for number in range(6)]
    answers = await asyncio.gather(*(add(client, one) for one in asked))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 5


async def test_killed_before_it_answered_it_goes_on_from_what_it_kept(folder: Folder) -> None:
    """The ledger, which got no answer, asks again."""
    asked = submitted(leaves(5), 0)
    killed = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KILLED, str(folder.path), cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=asyncio.subprocess.PIPE,
    )  # fmt: skip
    await killed.communicate(asked.body().encode())
    assert killed.returncode == 137
    async with (
        serving(witness_app(Folder(folder.path), lambda: TIME)) as served,
        httpx2.AsyncClient(base_url=served.url, trust_env=False) as client,
    ):
        fork = await add(client, submitted(leaves(5, fork_at=1), 5))
        first = await add(client, asked)
        again = await add(client, submitted(leaves(5), 5))
    assert (fork.status_code, first.status_code, first.text) == (409, 409, "5\n")
    assert cosigned_at(asked.note + again.text, folder.cosigner.witness) == TIME


def test_a_witness_that_forgot_does_not_start(folder: Folder) -> None:
    (folder.path / "seen").unlink()
    with pytest.raises(BadFolder):
        Folder(folder.path)


async def test_what_it_saw_cannot_be_changed_without_its_key(
    client: httpx2.AsyncClient, folder: Folder
) -> None:
    await add(client, submitted(leaves(5), 0))
    seen = folder.path / "seen"
    seen.write_text(seen.read_text().replace("\n5\n", "\n4\n"))
    with pytest.raises(BadFolder):
        Folder(folder.path)


def test_one_program_runs_a_witness(folder: Folder) -> None:
    folder.lock()
    with pytest.raises(BadFolder, match="another program"):
        Folder(folder.path).lock()


def test_a_folder_is_not_made_twice_and_private(folder: Folder) -> None:
    with pytest.raises(BadFolder):
        new_witness(folder.path)
    assert {file.stat().st_mode & 0o077 for file in (folder.path, *folder.path.iterdir())} == {0}


def test_a_witness_follows_one_ledger(folder: Folder) -> None:
    (folder.path / "ledger").write_text("")
    with pytest.raises(BadFolder):
        Folder(folder.path)


def test_a_note_without_its_cosignature_is_not_what_it_saw(folder: Folder) -> None:
    with pytest.raises(BadNote):
        cosigned_at(submitted(leaves(2), 0).note, folder.cosigner.witness)
