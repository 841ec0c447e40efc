"""So many of a kind, a few at a time."""

import asyncio
import time
from collections.abc import Awaitable, Callable


async def seconds_for(count: int, in_flight: int, operation: Callable[[], Awaitable[object]]) -> float:
    """How long `count` operations took, `in_flight` at a time."""
    left = iter(range(count))

    async def lane() -> None:
        for _ in left:
            await operation()

    began = time.perf_counter()
    async with asyncio.TaskGroup() as lanes:
        for _ in range(in_flight):
            lanes.create_task(lane())
    return time.perf_counter() - began
