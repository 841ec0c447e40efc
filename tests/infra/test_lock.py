import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.embedded.errors import AlreadyRunning
from infra.embedded.lock import DataLock

HOLD = """
import sys
from pathlib import Path
from infra.embedded.lock import DataLock

lock = DataLock(Path(sys.argv[1]))
lock.acquire()
lock.tell("http://x")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_a_second_start_on_the_same_data_is_refused(folder: Path) -> None:
    first = DataLock(folder)
    first.acquire()
    first.tell("http://127.0.0.1:8000")
    with pytest.raises(AlreadyRunning) as refusal:
        DataLock(folder).acquire()
    first.release()
    assert str(refusal.value).startswith(f"already running (pid {os.getpid()}, http://127.0.0.1:8000)")


def test_a_refused_start_does_not_disturb_the_first(folder: Path) -> None:
    first = DataLock(folder)
    first.acquire()
    for _ in range(2):
        with pytest.raises(AlreadyRunning):
            DataLock(folder).acquire()
    assert json.loads((folder / "lock").read_text())["pid"] == os.getpid()
    first.release()


def test_a_released_lock_can_be_taken(folder: Path) -> None:
    for _ in range(2):
        lock = DataLock(folder)
        lock.acquire()
        lock.release()


def test_kill_9_of_the_holder_frees_the_lock(folder: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(AlreadyRunning) as refusal:
            DataLock(folder).acquire()
        assert (refusal.value.pid, refusal.value.url) == (holder.pid, "http://x")
        holder.kill()
    lock = DataLock(folder)
    lock.acquire()
    lock.release()
