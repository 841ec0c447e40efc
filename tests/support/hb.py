"""The command line as a user has it: a process, its exit code and what it printed."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.settings import child_environment

LIMIT_SECONDS = 120
STOP_SECONDS = 40
READY = "Ctrl-C stops everything"


@dataclass(frozen=True)
class Said:
    """`out` is what was printed, `err` what was complained about."""

    code: int
    out: str
    err: str

    @property
    def last(self) -> str:
        return self.out.strip().splitlines()[-1]


def hb(
    *arguments: str | Path, seconds: float = LIMIT_SECONDS, settings: Mapping[str, str] | None = None
) -> Said:
    done = subprocess.run(
        command(*arguments), env=environment(settings or {}), capture_output=True, text=True, timeout=seconds
    )
    return Said(done.returncode, done.stdout, done.stderr)


@dataclass
class Up:
    """`hb up` in another process, ready."""

    process: subprocess.Popen[str]
    data: Path
    welcome: str

    @property
    def url(self) -> str:
        return self.shown(r"API\s+(http://\S+)")

    @property
    def password(self) -> str:
        return self.shown(r"Password\s+(\S+)\s+shown this once")

    def shown(self, pattern: str) -> str:
        found = re.search(pattern, self.welcome)
        assert found, self.welcome
        return found[1]

    def interrupt(self) -> Said:
        """As Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=STOP_SECONDS)
        return Said(self.process.returncode, out, err)


@contextmanager
def running(data: Path, *arguments: str, settings: Mapping[str, str] | None = None) -> Iterator[Up]:
    """Without the model, and on a free port."""
    process = subprocess.Popen(
        command("up", "--data", data, "--port", "0", "--no-model", *arguments),
        env=environment(settings or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield Up(process, data, until_ready(process))
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.communicate(timeout=STOP_SECONDS)


def until_ready(process: subprocess.Popen[str]) -> str:
    assert process.stdout and process.stderr
    lines = []
    for line in process.stdout:
        lines.append(line)
        if READY in line:
            return "".join(lines)
    raise AssertionError("".join(lines) + process.stderr.read())


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "api.cli", *map(str, arguments)]


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """A wide terminal, so that no line is broken."""
    return {**child_environment(settings), "COLUMNS": "160"}
