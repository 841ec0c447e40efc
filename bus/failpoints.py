"""Named places at every durable boundary where a test lets a process crash, stop, sleep or fail.

`HB_FAILPOINTS="commit.after=crash,effect.before=sleep:2,relay.after_publish=error:3"`: each acts once, at
the first time its place is reached, or at the time the last number says. Without it a place costs one check.
"""

import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import structlog

POINTS = frozenset(
    {
        "effect.claimed",
        "effect.before",
        "effect.after",
        "command.before_publish",
        "command.after_publish",
        "command.before_ack",
        "commit.before",
        "commit.after",
        "relay.before_publish",
        "relay.after_publish",
        "event.before_ack",
        "seal.before_commit",
        "seal.after_commit",
        "seal.before_publish",
    }
)
CRASHED = 137

log = structlog.get_logger(__name__)


class FailpointReached(Exception):
    """What the action `error` raises."""


@dataclass
class Armed:
    act: Callable[[], None]
    left: int

    def reached(self) -> None:
        self.left -= 1
        if self.left == 0:
            self.act()


_armed: dict[str, Armed] = {}


def reach(name: str) -> None:
    if _armed and (armed := _armed.get(name)):
        armed.reached()


def arm(text: str) -> None:
    """Replaces what was armed. ValueError: not of the form above."""
    _armed.clear()
    for part in filter(None, text.split(",")):
        name, _, action = part.strip().partition("=")
        if name not in POINTS:
            raise ValueError(f"unknown failpoint {name!r}: use one of {', '.join(sorted(POINTS))}")
        _armed[name] = parsed(name, *action.split(":"))
        log.warning("failpoint armed", name=name, action=action)


def parsed(name: str, action: str, *numbers: str) -> Armed:
    acts: dict[str, Callable[[], None]] = {"crash": crash, "stop": stop, "error": partial(fail, name)}
    if action == "sleep" and numbers:
        seconds, *numbers_left = numbers
        return Armed(partial(time.sleep, float(seconds)), hit(numbers_left))
    if action not in acts:
        raise ValueError(f"unknown action {action!r}: use crash, stop, error or sleep:<seconds>")
    return Armed(acts[action], hit(numbers))


def hit(numbers: Sequence[str]) -> int:
    return int(numbers[0]) if numbers else 1


def crash() -> None:
    os._exit(CRASHED)


def stop() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def fail(name: str) -> None:
    raise FailpointReached(name)
