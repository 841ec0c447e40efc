"""How far each consumer has surely come, kept in Postgres: the floor to refill from when NATS is wiped."""

import asyncio
import time

import psycopg
from nats.js import JetStreamContext
from nats.js.api import ConsumerInfo
from nats.js.errors import NotFoundError

from bus import codec
from bus.streams import EVENTS

EVERY_SECONDS = 5.0
RELAY = "relay"

SAVE = """
INSERT INTO checkpoints (consumer, position) VALUES (%s, %s)
ON CONFLICT (consumer) DO UPDATE SET position = excluded.position, updated_at = clock_timestamp()"""


class Checkpoints:
    """Consumers below their checkpoint have acknowledged everything, and acknowledge only what is stored."""

    def __init__(self, js: JetStreamContext, database_url: str) -> None:
        self._js, self._url = js, database_url
        self._due = 0.0

    async def save_now_and_then(self, position: int) -> None:
        """`position`: the relay's. Does nothing until some seconds have passed."""
        now = time.monotonic()
        if now < self._due:
            return
        self._due = now + EVERY_SECONDS
        floors = {RELAY: position}
        for info in await self._js.consumers_info(EVENTS):
            floor = await self._floor(info, position)
            if floor is not None:
                floors[info.name] = floor
        await asyncio.to_thread(self._save, floors)

    async def refill_from(self, lost: bool) -> int:
        """Where to start publishing into an empty stream: after what everybody has, if it was lost."""
        saved = await asyncio.to_thread(self._saved)
        relayed = saved.pop(RELAY, 0)
        return min(saved.values(), default=0) if lost else relayed

    async def _floor(self, info: ConsumerInfo, position: int) -> int | None:
        if info.num_pending == 0 and info.num_ack_pending == 0:
            return position
        sequence = info.ack_floor.stream_seq if info.ack_floor else 0
        if not sequence:
            return None
        try:
            return codec.position((await self._js.get_msg(EVENTS, sequence)).data or b"")
        except NotFoundError:
            return None

    def _save(self, floors: dict[str, int]) -> None:
        with psycopg.connect(self._url) as conn, conn.cursor() as cursor:
            cursor.executemany(SAVE, list(floors.items()))

    def _saved(self) -> dict[str, int]:
        with psycopg.connect(self._url) as conn:
            return dict(conn.execute("SELECT consumer, position FROM checkpoints").fetchall())
