"""Start a program on a leash, wait until it is ready, end it."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.embedded import leash
from infra.embedded.errors import StartFailed

POLL_SECONDS = 0.02
LOG_BYTES = 10_000_000
PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Program:
    name: str
    argv: tuple[str, ...]
    log: Path
    death_signal: signal.Signals = signal.SIGTERM
    user: str | None = None
    environment: Mapping[str, str] | None = None
    folder: Path = Path("/")


def spawn(program: Program) -> subprocess.Popen[bytes]:
    """Start in a process group of its own, so that Ctrl-C reaches the supervisor only.

    Call it from a thread that lives as long as the child: the kernel ties the leash to the thread.
    """
    rotate(program.log)
    with program.log.open("ab") as log:
        return subprocess.Popen(
            leashed(program),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=program.environment,
            cwd=program.folder,
            start_new_session=True,
        )


def python(name: str, module: str, *arguments: str, log: Path, **options: Any) -> Program:
    """One of our own modules, found from any working folder."""
    argv = (sys.executable, "-m", module, *arguments)
    return Program(name, argv, log, folder=PROJECT, **options)


def leashed(program: Program) -> list[str]:
    user = program.user or leash.SAME_USER
    options = [str(int(program.death_signal)), str(os.getpid()), user]
    return [sys.executable, "-I", "-S", leash.__file__, *options, *program.argv]


def rotate(log: Path) -> None:
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))


async def wait_until_ready(
    program: Program,
    process: subprocess.Popen[bytes],
    ready: Callable[[], Awaitable[bool]],
    timeout_seconds: float,
) -> None:
    deadline = time.monotonic() + timeout_seconds
    while not await ready():
        if process.poll() is not None:
            raise StartFailed(program.name, f"it exited with code {process.returncode}", program.log)
        if time.monotonic() > deadline:
            raise StartFailed(program.name, f"not ready after {timeout_seconds:.0f} s", program.log)
        await asyncio.sleep(POLL_SECONDS)


async def end(process: subprocess.Popen[bytes], ask: signal.Signals, grace_seconds: float) -> None:
    """Ask to stop; after the grace period kill its whole group."""
    if process.poll() is None:
        process.send_signal(ask)
        if not await exited(process, grace_seconds):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


async def exited(process: subprocess.Popen[bytes], within_seconds: float) -> bool:
    deadline = time.monotonic() + within_seconds
    while process.poll() is None:
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(POLL_SECONDS)
    return True
