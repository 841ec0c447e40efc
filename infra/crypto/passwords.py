"""Argon2id password hashes in PHC form."""

import asyncio
import os
import sys
import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

NICENESS = 10
"""A hash keeps a core busy on purpose: whatever else there is to do goes first."""

T = TypeVar("T")


class TooBusy(Exception):
    """So many passwords wait to be hashed that one more would not be answered in time."""


class Passwords:
    """Hashes off the event loop, at most `concurrent` at once: each one takes `memory_kib` and a core.

    At most `waiting` more wait for their turn. With no hash to compare, `verify` works just as long: the time
    does not tell whether a user exists.
    """

    def __init__(
        self, memory_kib: int = 65_536, passes: int = 3, concurrent: int = 2, waiting: int = 64
    ) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)
        self._threads = ThreadPoolExecutor(concurrent, "passwords", initializer=give_way)
        self._most, self._present = concurrent + waiting, 0
        self._dummy = self._hasher.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        """Raises TooBusy."""
        return await self._in_turn(lambda: self._hasher.hash(prepared(password)))

    async def verify(self, stored: str | None, password: str) -> bool:
        """Raises TooBusy."""
        matches = await self._in_turn(lambda: self._matches(stored or self._dummy, password))
        return matches and stored is not None

    def needs_rehash(self, stored: str) -> bool:
        """It was made with other parameters than these."""
        return self._hasher.check_needs_rehash(stored)

    async def _in_turn(self, work: Callable[[], T]) -> T:
        """In threads of its own: work goes on when who asked for it has gone, and must count as long."""
        if self._present >= self._most:
            raise TooBusy
        self._present += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._present -= 1

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, prepared(password))
        except (VerificationError, InvalidHashError):
            return False


def give_way() -> None:
    """Lowers the priority of this thread. On Linux alone a thread has one of its own."""
    if sys.platform == "linux":
        me = os.PRIO_PROCESS, threading.get_native_id()
        with suppress(OSError):
            os.setpriority(*me, os.getpriority(*me) + NICENESS)


def prepared(password: str) -> bytes:
    """The same bytes for the same text, however a keyboard composes its letters."""
    return unicodedata.normalize("NFKC", password).encode(errors="surrogatepass")
