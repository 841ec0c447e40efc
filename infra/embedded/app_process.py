"""A process of our own code under the supervisor: a worker or the API."""

import signal
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path

from infra.embedded.process import Program, end, spawn, wait_until_ready

START_SECONDS = 60.0
STOP_SECONDS = 15.0


class AppProcess:
    def __init__(
        self,
        program: Program,
        answers: Callable[[], Awaitable[bool]],
        stop_seconds: float = STOP_SECONDS,
    ) -> None:
        self.program = program
        self.answers = answers
        self.stop_seconds = stop_seconds
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def name(self) -> str:
        return self.program.name

    @property
    def log(self) -> Path:
        return self.program.log

    async def start(self) -> None:
        self.process = spawn(self.program)
        await wait_until_ready(self.program, self.process, self.answers, START_SECONDS)

    async def healthy(self) -> bool:
        return self.alive() and await self.answers()

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    async def stop(self) -> None:
        if self.process is not None:
            await end(self.process, signal.SIGTERM, self.stop_seconds)


async def at_once() -> bool:
    """For a process nobody connects to."""
    return True
