"""Counters of this process for the `limits` library, and never more than a bounded number of them.

The library's own keeps every key until it expires, and looks through all of them on every request.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from math import floor

from limits.aio.storage import SlidingWindowCounterSupport, Storage

KEPT = 100_000
"""The key not used for the longest is forgotten first, as if nothing had been counted."""


class BoundedMemory(Storage, SlidingWindowCounterSupport):
    """By key: the number of its window, how many came in it, how many in the one before."""

    STORAGE_SCHEME = None
    base_exceptions = ()

    def __init__(self, kept: int = KEPT, now: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._windows: OrderedDict[str, tuple[int, int, int]] = OrderedDict()
        self._kept, self._now = kept, now

    async def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        previous, left, current, _ = self._window(key, expiry)
        if floor(previous * left / expiry + current) + amount > limit:
            return False
        self._windows[key] = (int(self._now() / expiry), current + amount, previous)
        self._windows.move_to_end(key)
        if len(self._windows) > self._kept:
            self._windows.popitem(last=False)
        return True

    async def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        return self._window(key, expiry)

    def _window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """How many in the previous window and for how long it still counts; the same of the current one."""
        now = self._now()
        number, current, previous = self._windows.get(key, (0, 0, 0))
        gone = int(now / expiry) - number
        if gone:
            current, previous = 0, current if gone == 1 else 0
        left = expiry - now % expiry
        return previous, left, current, left + expiry

    async def clear_sliding_window(self, key: str, expiry: int) -> None:
        self._windows.pop(key, None)

    async def clear(self, key: str) -> None:
        self._windows.pop(key, None)

    async def reset(self) -> int:
        held = len(self._windows)
        self._windows.clear()
        return held

    async def check(self) -> bool:
        return True

    async def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        raise NotImplementedError("fixed windows are not kept here")

    async def get(self, key: str) -> int:
        raise NotImplementedError("fixed windows are not kept here")

    async def get_expiry(self, key: str) -> float:
        raise NotImplementedError("fixed windows are not kept here")
