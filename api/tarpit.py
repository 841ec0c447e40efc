"""Slows down guessing of one account's password, whether the account exists or not."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256

EVERY = 5
"""Failures per extra second."""

MOST_SECONDS = 10
MOST_AT_ONCE = 10
"""Attempts at one account under way together; more would make waiting in parallel worth while."""


@dataclass(slots=True)
class Account:
    failures: int = 0
    pending: int = 0
    last: float = 0.0


class TooManyAttempts(Exception):
    pass


class Tarpit:
    """Forgets an account after `forget_seconds` without a failure, and the oldest when there are too many."""

    def __init__(
        self,
        accounts: int = 10_000,
        forget_seconds: float = 900,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._accounts: OrderedDict[bytes, Account] = OrderedDict()
        self._most = accounts
        self._forget = forget_seconds
        self._sleep = sleep
        self._now = now

    async def attempt(self, name: str, check: Callable[[], Awaitable[bool]]) -> bool:
        """Waits as long as the account's failures demand, then checks. A success clears them."""
        account = self._account(name)
        if account.pending >= MOST_AT_ONCE:
            raise TooManyAttempts
        account.pending += 1
        try:
            await self._sleep(delay(account.failures + account.pending - 1))
            passed = await check()
        finally:
            account.pending -= 1
        account.failures = 0 if passed else account.failures + 1
        account.last = self._now()
        return passed

    def _account(self, name: str) -> Account:
        key = sha256(name.encode(errors="replace")).digest()
        account = self._accounts.setdefault(key, Account(last=self._now()))
        self._accounts.move_to_end(key)
        if len(self._accounts) > self._most:
            self._accounts.popitem(last=False)
        if self._now() - account.last > self._forget:
            account.failures = 0
        return account


def delay(failures: int) -> float:
    """0 s before the fifth failure, then one second more for each five, ten at most."""
    return float(min(failures // EVERY, MOST_SECONDS))
