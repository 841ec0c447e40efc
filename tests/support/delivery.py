"""How messages arrive: in order and once, or shuffled and more than once."""

from dataclasses import dataclass
from random import Random
from typing import Protocol, TypeVar

from bus.listeners import Listener
from bus.work import Request
from schemas.envelope import Recorded

T = TypeVar("T")


@dataclass(eq=False)
class Delivery:
    """One event on its way to one listener; `left` is how often it will still come."""

    listener: Listener
    recorded: Recorded
    left: int
    unanswered: int = 0


@dataclass
class Sent:
    """A command on its way. A delivery is acknowledged when its last command is answered."""

    request: Request
    cause: Delivery | None = None


class Arrival(Protocol):
    times: int

    def next(self, waiting: list[T]) -> T: ...

    def batch(self, waiting: list[T]) -> list[T]: ...

    def deliver_first(self) -> bool:
        """Whether an event, not a command, is next where both wait."""


class InOrder:
    times = 1

    def next(self, waiting: list[T]) -> T:
        return waiting.pop(0)

    def batch(self, waiting: list[T]) -> list[T]:
        taken, waiting[:] = list(waiting), []
        return taken

    def deliver_first(self) -> bool:
        return True


class Disorder:
    """Every event comes twice; what is next, and which commands make a batch, is drawn by lot."""

    times = 2

    def __init__(self, seed: int) -> None:
        print(f"harness: disorder, seed {seed}")
        self._random = Random(seed)

    def next(self, waiting: list[T]) -> T:
        return waiting.pop(self._random.randrange(len(waiting)))

    def batch(self, waiting: list[T]) -> list[T]:
        size = self._random.randint(1, len(waiting))
        return [self.next(waiting) for _ in range(size)]

    def deliver_first(self) -> bool:
        return self._random.random() < 0.5
