"""How far each consumer has surely come, kept in Postgres: the floor to refill from when NATS is wiped."""

import asyncio
import time

import psycopg
from nats.js import JetStreamContext
from nats.js.api import ConsumerInfo, StreamState

from bus import codec
from bus.streams import EVENTS, durables

EVERY_SECONDS = 5.0
RELAY = "relay"

SAVE = """
INSERT INTO checkpoints (consumer, position) VALUES (%s, %s)
ON CONFLICT (consumer) DO UPDATE SET position = excluded.position, updated_at = clock_timestamp()"""


class OutOfStep(Exception):
    """The stream's end is not where we thought: read it again."""


class Checkpoints:
    """Consumers below their checkpoint have acknowledged everything, and acknowledge only what is stored."""

    def __init__(self, js: JetStreamContext, database_url: str) -> None:
        self._js, self._url = js, database_url
        self._due = 0.0

    async def save_now_and_then(self, position: int, sequence: int) -> None:
        """The relay's position, and the sequence of the message that carried it. Only every few seconds."""
        now = time.monotonic()
        if now < self._due:
            return
        self._due = now + EVERY_SECONDS
        consumers = await durables(self._js, EVENTS)
        state = (await self._js.stream_info(EVENTS)).state
        if state.last_seq != sequence:
            # Made anew meanwhile: its consumers have nothing pending because nothing is there yet.
            raise OutOfStep(f"the stream ends at {state.last_seq}, not at {sequence}")
        floors = {info.name: await self._floor(info, position, state) for info in consumers}
        await asyncio.to_thread(self._save, {**floors, RELAY: position})

    async def refill_from(self, lost: bool) -> int:
        """Where to start publishing into an empty stream: after what everybody has, if it was lost."""
        saved = await asyncio.to_thread(self._saved)
        relayed = saved.pop(RELAY, 0)
        return min(saved.values(), default=0) if lost else relayed

    async def _floor(self, info: ConsumerInfo, position: int, state: StreamState) -> int:
        """A consumer that has acknowledged nothing yet may need all there is."""
        if info.num_pending == 0 and info.num_ack_pending == 0:
            return position
        acknowledged = info.ack_floor.stream_seq if info.ack_floor else 0
        if acknowledged < state.first_seq:
            return codec.decode(await self._message(state.first_seq))[1]
        return codec.position(await self._message(acknowledged))

    async def _message(self, sequence: int) -> bytes:
        return (await self._js.get_msg(EVENTS, sequence)).data or b""

    def _save(self, floors: dict[str, int]) -> None:
        with psycopg.connect(self._url) as conn, conn.cursor() as cursor:
            cursor.executemany(SAVE, list(floors.items()))

    def _saved(self) -> dict[str, int]:
        with psycopg.connect(self._url) as conn:
            return dict(conn.execute("SELECT consumer, position FROM checkpoints").fetchall())
