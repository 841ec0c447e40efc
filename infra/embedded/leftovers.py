"""Servers that a killed supervisor left behind, still on their way out."""

import asyncio
import signal
from pathlib import Path

import psutil  # type: ignore[import-untyped]

GRACE_SECONDS = 15.0


async def end_leftover(pid_file: Path, marker: str, ask: signal.Signals) -> None:
    """Stop the process the file names if its command line has the marker, and wait for its end.

    Otherwise that pid is another program's by now: the file would only mislead the server.
    """
    process = living(pid_file)
    if process is None:
        return
    if marker in process.cmdline():
        process.send_signal(ask)
        await asyncio.to_thread(kill_when_stuck, process)
    else:
        pid_file.unlink()


def living(pid_file: Path) -> psutil.Process | None:
    try:
        return psutil.Process(int(pid_file.read_text().splitlines()[0]))
    except (OSError, ValueError, IndexError, psutil.NoSuchProcess):
        return None


def kill_when_stuck(process: psutil.Process) -> None:
    try:
        process.wait(GRACE_SECONDS)
    except psutil.TimeoutExpired:
        process.kill()
        process.wait()


def kill_inside(folder: Path) -> None:
    """Kill what still works in a folder whose main process is gone."""
    orphans = [process for process in psutil.process_iter(["cwd"]) if process.info["cwd"] == str(folder)]
    for orphan in orphans:
        orphan.kill()
    psutil.wait_procs(orphans, GRACE_SECONDS)
