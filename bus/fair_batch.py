"""Which of the commands that were pulled are decided next: everybody in turn, each in their own order."""

from collections import Counter, OrderedDict, deque
from collections.abc import Hashable
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

Lanes = OrderedDict[K, deque[T]]
"""What waits, by whose it is, whoever is next coming first. Nobody is in it with nothing."""


def add(lanes: Lanes[K, T], lane: K, item: T) -> None:
    lanes.setdefault(lane, deque()).append(item)


def fair_batch(
    lanes: Lanes[K, T], size: int, each: int | None = None, full: Lanes[K, T] | None = None
) -> list[T]:
    """Takes at most `size` items out, one of each lane in turn, and at most `each` of one lane.

    The next batch goes on where this ends. Lanes that had all they may have, and have more, go to `full`.
    """
    batch: list[T] = []
    taken = Counter[K]()
    while lanes and len(batch) < size:
        lane, waiting = lanes.popitem(last=False)
        batch.append(waiting.popleft())
        taken[lane] += 1
        if waiting and full is not None and taken[lane] == each:
            full[lane] = waiting
        elif waiting:
            lanes[lane] = waiting
    return batch
