"""A value fetched from elsewhere and kept for a while. Who asks meanwhile waits for the same answer."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Cached(Generic[T]):
    def __init__(self, fetch: Callable[[], Awaitable[T]], clock: Callable[[], float]) -> None:
        self._fetch, self._clock = fetch, clock
        self._known: tuple[T, float] | None = None
        self._under_way: asyncio.Task[T] | None = None

    async def get(self, seconds: float) -> T:
        """Not older than so many seconds. A failure is everybody's who waits, and is not kept."""
        if self._known and self._clock() - self._known[1] < seconds:
            return self._known[0]
        if self._under_way is None:
            self._under_way = asyncio.create_task(self._renewed())
            self._under_way.add_done_callback(heard)
        return await asyncio.shield(self._under_way)

    async def _renewed(self) -> T:
        try:
            value = await self._fetch()
            self._known = (value, self._clock())
            return value
        finally:
            self._under_way = None


def heard(task: asyncio.Task[T]) -> None:
    """Of a failure too, when all who waited have gone."""
    if not task.cancelled():
        task.exception()
