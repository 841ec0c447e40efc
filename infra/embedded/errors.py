"""What can go wrong with the servers we start ourselves."""

from pathlib import Path

from infra.errors import SetupError

TAIL_LINES = 8


class StartFailed(SetupError):
    def __init__(self, name: str, reason: str, log: Path) -> None:
        super().__init__(f"{name} did not start: {reason}.\n{tail(log)}", f"The whole log is {log}.")


class GaveUp(SetupError):
    def __init__(self, name: str, restarts: int, log: Path) -> None:
        super().__init__(
            f"{name} crashed {restarts} times in a row.\n{tail(log)}", f"The whole log is {log}."
        )


class AlreadyRunning(SetupError):
    def __init__(self, pid: int, url: str | None, data_dir: Path) -> None:
        super().__init__(
            f"already running (pid {pid}, {url or 'still starting'})",
            f"Stop it with Ctrl-C there or `kill {pid}`, or use another folder than {data_dir} with --data.",
        )
        self.pid = pid
        self.url = url


def tail(log: Path) -> str:
    if not log.exists():
        return "(no log)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-TAIL_LINES:])
