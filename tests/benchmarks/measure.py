"""How everything here is timed, ours and our peers' alike. Standard library only: peers run it too."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass

Operation = Callable[[], Awaitable[object]]
REPETITIONS = 3
WARM_UP = 5
ALONE_SHARE = 0.5
"""Of a repetition's seconds, how long one operation after the other is timed."""


@dataclass(frozen=True)
class Spread:
    """The median of the repetitions, the least and the most."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: list[float]) -> "Spread":
        return cls(statistics.median(values), min(values), max(values))

    @classmethod
    def once(cls, value: float) -> "Spread":
        return cls(value, value, value)


@dataclass(frozen=True)
class Timing:
    rate: Spread
    """Operations per second, `in_flight` at a time."""
    alone_ms: Spread
    """Median milliseconds of one operation with nothing beside it."""

    def as_dict(self) -> dict[str, dict[str, float]]:
        return asdict(self)


async def timed(operation: Operation, in_flight: int, seconds: float) -> Timing:
    """Repeats both measurements; `seconds` is for one repetition of the first."""
    for _ in range(WARM_UP):
        await operation()
    rates, alone = [], []
    for _ in range(REPETITIONS):
        alone.append(await alone_ms(operation, seconds * ALONE_SHARE))
        rates.append(await rate(operation, in_flight, seconds))
    return Timing(Spread.of(rates), Spread.of(alone))


async def rate(operation: Operation, in_flight: int, seconds: float) -> float:
    done = 0
    began = time.perf_counter()

    async def lane() -> None:
        nonlocal done
        while time.perf_counter() - began < seconds:
            await operation()
            done += 1

    await asyncio.gather(*(lane() for _ in range(in_flight)))
    return done / (time.perf_counter() - began)


async def alone_ms(operation: Operation, seconds: float) -> float:
    took: list[float] = []
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        start = time.perf_counter()
        await operation()
        took.append(time.perf_counter() - start)
    return statistics.median(took) * 1000
