"""Takes requests from budgets: shared by all processes when there is a Redis, else each process's own."""

import asyncio
import math
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import redis.asyncio
import structlog
from limits import RateLimitItemPerMinute
from limits.aio.storage import RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from api import metrics
from api.gateway.budgets import Budgets, Who
from api.gateway.kinds import Kind
from api.gateway.memory import BoundedMemory

NAMESPACE = "hb"
CONNECTIONS = 32
PATIENCE = 0.5
"""Seconds for an answer of the Redis. A limit is no reason to keep anybody waiting."""

AWAY_SECONDS = 5.0
"""For so long it is not asked again when it did not answer."""

Windows = SlidingWindowCounterRateLimiter
"""One strategy for all keys: another one's entries are of another type."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Standing:
    """How one caller stands with one budget, after this request."""

    name: str
    quota: int
    window: int
    remaining: int
    reset: int
    passed: bool


class Limiter:
    """Without the Redis it goes on in memory, with the same budgets per process.

    Better too generous for a while than closed.
    """

    def __init__(
        self,
        budgets: Budgets,
        url: str | None = None,
        now: Callable[[], float] = time.monotonic,
        patience: float = PATIENCE,
    ) -> None:
        self._items = {
            name: RateLimitItemPerMinute(amount, namespace=NAMESPACE) for name, amount in budgets.items()
        }
        self._local = Windows(BoundedMemory())
        self._pool = pool_of(url, patience) if url else None
        self._shared = shared(url, self._pool) if url and self._pool else None
        self._now, self._away_until = now, 0.0

    async def take(self, kind: Kind, callers: Sequence[tuple[Who, str]], tell: bool = True) -> list[Standing]:
        """One request of each caller that has a budget for it.

        Told is who is refused, and how the first stands if one wants to know: that is a question more.
        """
        counted = [(who, name) for who, name in callers if (who, kind) in self._items]
        if counted and self._shared and self._now() >= self._away_until:
            try:
                return standings(await asyncio.gather(*self._taking(self._shared, kind, counted, tell)))
            except (RedisError, OSError, TimeoutError) as error:
                self._lost(error)
        return standings([await taken for taken in self._taking(self._local, kind, counted, tell)])

    def _taking(
        self, windows: Windows, kind: Kind, counted: Sequence[tuple[Who, str]], tell: bool
    ) -> Iterator[Coroutine[Any, Any, Standing | None]]:
        for number, (who, name) in enumerate(counted):
            yield self._take(windows, kind, who, name, told=tell and number == 0)

    async def _take(self, windows: Windows, kind: Kind, who: Who, name: str, told: bool) -> Standing | None:
        item = self._items[who, kind]
        passed = await windows.hit(item, who, kind, name)
        if passed and not told:
            return None
        stats = await windows.get_window_stats(item, who, kind, name)
        reset = max(1, math.ceil(stats.reset_time - time.time()))
        return Standing(f"{who}.{kind}", item.amount, item.get_expiry(), stats.remaining, reset, passed)

    def _lost(self, error: Exception) -> None:
        self._away_until = self._now() + AWAY_SECONDS
        metrics.RATE_LIMITS_ALONE.inc()
        log.warning("rate_limits_not_shared", error=repr(error), seconds=AWAY_SECONDS)

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.disconnect()


def standings(found: Sequence[Standing | None]) -> list[Standing]:
    return [standing for standing in found if standing is not None]


def pool_of(url: str, patience: float) -> Any:
    """Callers wait for a free connection for a moment; the client's default raises instead."""
    return redis.asyncio.BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        timeout=patience,
        socket_timeout=patience,
        socket_connect_timeout=patience,
        retry=Retry(NoBackoff(), 0),
    )


def shared(url: str, pool: Any) -> Windows:
    storage = RedisStorage("async+" + url, implementation="redispy", connection_pool=pool)
    return Windows(storage)
