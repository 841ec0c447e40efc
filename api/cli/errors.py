"""What a command can end with, beside success: a message, what to do, an exit code."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from infra.embedded.errors import AlreadyRunning
from infra.errors import SetupError

REFUSED, NOT_SET_UP, RUNNING = 1, 2, 3


class Refused(SetupError):
    """The platform, or its data, says no. `problem`: what the API answered, if it did."""

    def __init__(self, message: str, fix: str, problem: Mapping[str, Any] = MappingProxyType({})) -> None:
        super().__init__(message, fix)
        self.problem = problem


class NothingRuns(SetupError):
    def __init__(self, data_dir: object) -> None:
        super().__init__(
            f"no platform runs in {data_dir}.",
            "Start it with `./justw up`, name its folder with --data, "
            "or set HB_DATABASE_URL and HB_NATS_URL.",
        )


def exit_code(error: SetupError) -> int:
    if isinstance(error, AlreadyRunning):
        return RUNNING
    return REFUSED if isinstance(error, Refused) else NOT_SET_UP
