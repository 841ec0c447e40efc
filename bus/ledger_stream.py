"""The sealed ledger as a stream of its own, for whoever audits from NATS. Refilled from Postgres.

Message n + 1 is entry n: its audit sequence is the stream's own, less one, and the server refuses another.
"""

import asyncio

import structlog
from nats.aio.client import Client
from nats.js import JetStreamContext
from psycopg_pool import AsyncConnectionPool
from pydantic_core import from_json

from bus import subjects
from bus.checkpoints import OutOfStep
from bus.failpoints import reach
from bus.failures import is_outage
from bus.relay import ACK_SECONDS, EXPECTED
from bus.streams import LEDGER, ensure_streams
from infra.audit import lines, store
from infra.audit.keys import SealKeys
from infra.audit.reading import OutOfOrder, lines_from
from infra.audit.store import Connection

BATCH = 256
PAUSE_SECONDS = 0.1
RETRY_SECONDS = 1.0

log = structlog.get_logger(__name__)


class LedgerStream:
    """One active, beside the sealer."""

    def __init__(
        self, nc: Client, js: JetStreamContext, pool: AsyncConnectionPool[Connection], keys: SealKeys
    ) -> None:
        self._nc, self._js, self._pool, self._keys = nc, js, pool, keys

    async def run(self) -> None:
        while True:
            try:
                await self._follow()
            except Exception as error:
                if not is_outage(error) and not isinstance(error, OutOfStep | OutOfOrder):
                    raise
                log.warning("ledger stream starts over", error=repr(error))
                await asyncio.sleep(RETRY_SECONDS)

    async def _follow(self) -> None:
        await ensure_streams(self._js)
        size = (await self._js.stream_info(LEDGER)).state.last_seq
        while True:
            sealed = await self._size()
            if size > sealed:
                raise OutOfOrder(f"the stream has {size} entries, {sealed} are sealed")
            size = await self._publish(size, min(sealed, size + BATCH))
            if size == sealed:
                await asyncio.sleep(PAUSE_SECONDS)

    async def _size(self) -> int:
        async with self._pool.connection() as conn:
            found = await store.latest(conn)
        return found.size if found else 0

    async def _publish(self, first: int, upto: int) -> int:
        """The last message's acknowledgement stands for all: each was only stored after the one before."""
        if first == upto:
            return first
        async with self._pool.connection() as conn:
            found = [one async for one in lines_from(conn, first, upto, self._keys.salts)]
        for one in found[:-1]:
            await self._nc.publish(subjects.LEDGER_ENTRIES, lines.dumped(one), headers=headers_of(one))
        last = found[-1]
        reach("seal.before_publish")
        ack = await self._nc.request(
            subjects.LEDGER_ENTRIES, lines.dumped(last), ACK_SECONDS, headers=headers_of(last)
        )
        answer = from_json(ack.data)
        if "error" in answer:
            raise OutOfStep(answer["error"].get("description", ""))
        return upto


def headers_of(one: lines.Line) -> dict[str, str]:
    return {EXPECTED: str(one.seq)}
