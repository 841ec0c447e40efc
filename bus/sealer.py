"""Seals committed billing events, in order: leaves, tree and signed checkpoint in one transaction each time.

The last leaf is the cursor. Leaves follow from the events alone, so it does not matter where a sealer dies;
of two that seal the same events the second is refused by the leaves' primary key.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool

from bus.failpoints import reach
from bus.failures import is_outage
from infra.audit import store
from infra.audit.keys import SealKeys
from infra.audit.sealing import sealed
from infra.audit.store import SEGMENT, Connection, Tail

BATCH = 1_000
PAUSE_SECONDS = 0.1
"""Between looks, so that under load a checkpoint is of many entries. It is the most of an entry's lag."""

RETRY_SECONDS = 1.0
KEYS_SECONDS = 10.0
"""After so long a new signing key is known to be there."""

LOCK = 4_805_030

log = structlog.get_logger(__name__)


class Sealer:
    """One active; run it under `leader.lead`."""

    def __init__(
        self,
        pool: AsyncConnectionPool[Connection],
        database_url: str,
        load: Callable[[], SealKeys],
        batch: int = BATCH,
        segment: int = SEGMENT,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._pool, self._url, self._load = pool, database_url, load
        self._batch, self._segment, self._clock = batch, segment, clock
        self._keys: SealKeys | None = None
        self._look_again = 0.0
        self._tail = Tail()
        self._made = -1

    async def run(self) -> None:
        while True:
            try:
                await self.resume()
                while True:
                    if await self.seal() < self._batch:
                        await asyncio.sleep(PAUSE_SECONDS)
            except Exception as error:
                if not is_outage(error) and not isinstance(error, psycopg.errors.UniqueViolation):
                    raise
                log.warning("sealer starts over", error=repr(error))
                await asyncio.sleep(RETRY_SECONDS)

    async def resume(self) -> None:
        async with self._pool.connection() as conn:
            self._tail = await store.tail(conn)
        self._keys = None

    async def seal(self) -> int:
        """What is there now, up to one batch. Returns how many entries."""
        async with self._pool.connection() as conn:
            rows = await store.rows_after(conn, self._tail.position, self._batch)
            if not rows:
                return 0
            await self._ensure_segments(self._tail.tree.size + len(rows))
            keys = await self._current_keys()
            batch, after = await asyncio.to_thread(sealed, self._tail, rows, keys, self._clock())
            async with conn.transaction():
                await store.write(conn, batch)
                reach("seal.before_commit")
        reach("seal.after_commit")
        self._tail = after
        return len(rows)

    async def _current_keys(self) -> SealKeys:
        now = asyncio.get_running_loop().time()
        if self._keys is None or now >= self._look_again:
            self._keys = await asyncio.to_thread(self._load)
            self._look_again = now + KEYS_SECONDS
        return self._keys

    async def _ensure_segments(self, size: int) -> None:
        """The segment of the last leaf, and the next, are there."""
        if size // self._segment == self._made:
            return
        async with await psycopg.AsyncConnection.connect(self._url) as owner:
            await store.ensure_segments(owner, self._tail.tree.size, self._segment)
        self._made = size // self._segment
