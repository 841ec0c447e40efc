"""Slows down and stops guessing, for one account and from one address, over all processes.

An attempt counts as failed from its beginning, so that many at once wait for each other's failures. Whether
there is such an account makes no difference.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Literal, Protocol

from infra.crypto.secrets import derive
from infra.identity.pool import Clock, Pool, changed, first

MOST_SECONDS = 10
WINDOW = timedelta(minutes=15)
"""In which failures are counted, and for which too many of them lock."""

Of = Literal["account", "address"]

ATTEMPT = """
INSERT INTO vault.attempts AS a (key, failures, since) VALUES (%(key)s, 1, %(now)s)
ON CONFLICT (key) DO UPDATE SET
    failures = CASE WHEN a.since > %(window)s THEN a.failures + 1 ELSE 1 END,
    since = CASE WHEN a.since > %(window)s THEN a.since ELSE %(now)s END,
    locked_until = CASE WHEN a.since > %(window)s AND a.failures + 1 >= %(most)s THEN %(until)s END
WHERE a.locked_until IS NULL OR a.locked_until <= %(now)s
RETURNING failures"""
LOCKED = "SELECT locked_until FROM vault.attempts WHERE key = %(key)s"
FORGET = "DELETE FROM vault.attempts WHERE key = %(key)s"
TAKE_BACK = """
UPDATE vault.attempts SET failures = greatest(failures - 1, 0), locked_until = NULL WHERE key = %(key)s"""


@dataclass(frozen=True, slots=True)
class Limit:
    """`every`: failures for each second of delay. `most`: failures after which it is locked."""

    every: int
    most: int

    def delay(self, failures: int) -> float:
        return float(min((failures - 1) // self.every, MOST_SECONDS))


LIMITS: dict[Of, Limit] = {"account": Limit(every=5, most=20), "address": Limit(every=25, most=200)}


@dataclass(frozen=True, slots=True)
class Attempt:
    """Wait `delay` seconds, then check. `last`: if this one fails, the account is locked."""

    delay: float
    last: bool = False


class LockedOut(Exception):
    """Nothing is checked. `of`: what is locked, for the log; people are told the same either way."""

    def __init__(self, of: Of, retry_after: timedelta) -> None:
        super().__init__(f"the {of} is locked")
        self.of = of
        self.retry_after_seconds = max(1, int(retry_after.total_seconds()))


class Lockouts(Protocol):
    """`account`: any text that names one, known or not."""

    async def attempt(self, account: str, ip: str) -> Attempt:
        """Raises LockedOut."""
        ...

    async def passed(self, account: str, ip: str) -> None:
        """The attempt was none of a guesser's: the account's failures are forgotten."""
        ...

    async def unlock(self, account: str) -> None: ...


def origin(ip: str) -> str:
    """Who has one IPv6 address has its /64. What is no address is one place for all."""
    try:
        address = ip_address(ip)
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or ip_network((int(address), 64), strict=False))
    return str(address)


class PostgresLockouts:
    def __init__(self, pool: Pool, masters: Sequence[str], now: Clock) -> None:
        self._pool, self._now = pool, now
        self._key = derive(masters[0], "attempts")

    async def attempt(self, account: str, ip: str) -> Attempt:
        """The address first: a locked one makes no rows for accounts."""
        address = await self._count("address", origin(ip))
        failures = await self._count("account", account)
        limit = LIMITS["account"]
        delay = max(limit.delay(failures), LIMITS["address"].delay(address))
        return Attempt(delay, last=failures >= limit.most)

    async def passed(self, account: str, ip: str) -> None:
        await changed(self._pool, TAKE_BACK, {"key": self._hash("address", origin(ip))})
        await self.unlock(account)

    async def unlock(self, account: str) -> None:
        await changed(self._pool, FORGET, {"key": self._hash("account", account)})

    async def _count(self, of: Of, name: str) -> int:
        key, now = self._hash(of, name), self._now()
        times = {"now": now, "window": now - WINDOW, "until": now + WINDOW}
        row = await first(self._pool, ATTEMPT, {"key": key, "most": LIMITS[of].most, **times})
        if row is None:
            raise LockedOut(of, await self._left(key, now))
        return int(row[0])

    async def _left(self, key: bytes, now: datetime) -> timedelta:
        row = await first(self._pool, LOCKED, {"key": key})
        return row[0] - now if row and row[0] else timedelta(0)

    def _hash(self, of: Of, name: str) -> bytes:
        return hmac.digest(self._key, f"{of}:{name}".encode(errors="surrogatepass"), "sha256")
