"""Servers that a killed supervisor left behind, still on their way out."""

import contextlib
import signal
import time
from pathlib import Path

import psutil

GRACE_SECONDS = 15.0
POLL_SECONDS = 0.02


def end_leftover(pid_file: Path, marker: str, ask: signal.Signals) -> None:
    """Stop the process the file names if its command line has the marker, and wait for its end.

    Otherwise that pid is another program's by now: the file would only mislead the server.
    """
    pid = read_pid(pid_file)
    command = command_line(pid) if pid else None
    if pid is None or command is None:
        return
    if marker in command:
        ask_and_wait(psutil.Process(pid), ask)
    else:
        pid_file.unlink()


def read_pid(pid_file: Path) -> int | None:
    try:
        return int(pid_file.read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None


def command_line(pid: int) -> list[str] | None:
    """None when it is gone, or dead and only not yet collected by its parent."""
    try:
        words: list[str] = psutil.Process(pid).cmdline()
        return words
    except psutil.NoSuchProcess:
        return None


def ask_and_wait(process: psutil.Process, ask: signal.Signals) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(ask)
    if alive_after([process], GRACE_SECONDS):
        process.kill()
        alive_after([process], GRACE_SECONDS)


def kill_inside(folder: Path) -> None:
    """Kill what still works in a folder whose main process is gone."""
    orphans = [process for process in psutil.process_iter(["cwd"]) if process.info["cwd"] == str(folder)]
    for orphan in orphans:
        with contextlib.suppress(psutil.NoSuchProcess):
            orphan.kill()
    alive_after(orphans, GRACE_SECONDS)


def alive_after(processes: list[psutil.Process], seconds: float) -> list[psutil.Process]:
    """A zombie counts as dead: it holds nothing, and nobody may ever collect it in a container."""
    deadline = time.monotonic() + seconds
    while True:
        alive = [process for process in processes if works(process)]
        if not alive or time.monotonic() > deadline:
            return alive
        time.sleep(POLL_SECONDS)


def works(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
