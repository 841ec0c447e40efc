"""Has checkpoints cosigned by witnesses: beside the sealer, never in its way.

Every few seconds all of them are asked about the same checkpoint, the newest, so that it has all their lines.
"""

import asyncio
from collections.abc import Sequence
from functools import partial

import structlog
from psycopg_pool import AsyncConnectionPool

from bus.repeating import repeatedly
from infra import metrics
from infra.audit import cosigned, store
from infra.audit.store import Connection, Stamp
from infra.audit.tiles import Tiles
from infra.settings import Settings
from infra.witness.asking import Contradicted, NotCosigned, client, cosignature
from infra.witness.places import Place, places

EVERY_SECONDS = 10.0

log = structlog.get_logger(__name__)


class Witnessing:
    def __init__(self, pool: AsyncConnectionPool[Connection], places: Sequence[Place]) -> None:
        self._pool, self._places = pool, places

    async def run(self) -> None:
        await repeatedly(self.round, EVERY_SECONDS, "witnesses")

    async def watch(self) -> None:
        """In every process that might ask: how far each witness is behind."""
        await repeatedly(self._lag, EVERY_SECONDS, "gauges")

    async def round(self) -> None:
        async with self._pool.connection() as conn:
            stamp = await store.latest(conn)
            last = await cosigned.last(conn, [str(place.witness) for place in self._places])
        if stamp is None:
            return
        behind = [(place, one.size) for place, one in zip(self._places, last, strict=True)]
        asked = [self._ask(place, stamp, size) for place, size in behind if size != stamp.size]
        lines = [line for line in await asyncio.gather(*asked) if line]
        async with self._pool.connection() as conn:
            await cosigned.keep(conn, stamp.size, lines)

    async def _ask(self, place: Place, stamp: Stamp, old: int) -> tuple[str, str] | None:
        name = place.witness.name
        try:
            async with client() as http:
                line = await cosignature(http, place, stamp, old, partial(self._prove, stamp.size))
        except Contradicted as error:
            metrics.WITNESS_CONTRADICTIONS.labels(name).inc()
            log.error("a witness saw another ledger", witness=name, size=stamp.size, reason=str(error))
            return None
        except NotCosigned as error:
            log.warning("not cosigned", witness=name, size=stamp.size, reason=str(error))
            return None
        return str(place.witness), line

    async def _prove(self, size: int, old: int) -> Sequence[bytes]:
        async with self._pool.connection() as conn:
            return await Tiles(conn, size).consistency(old)

    async def _lag(self) -> None:
        async with self._pool.connection() as conn:
            stamp = await store.latest(conn)
            last = await cosigned.last(conn, [str(place.witness) for place in self._places])
        for place, one in zip(self._places, last, strict=True):
            behind = (stamp.size if stamp else 0) - one.size
            metrics.WITNESS_LAG_ENTRIES.labels(place.witness.name).set(behind)


def witnessing(pool: AsyncConnectionPool[Connection], settings: Settings) -> list[Witnessing]:
    """None where nobody is to be asked."""
    found = places(settings.witnesses)
    return [Witnessing(pool, found)] if found else []
