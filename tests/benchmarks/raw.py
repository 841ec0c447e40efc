"""The same rows straight into Postgres by one connection: the floor under whatever we do with them."""

import asyncio
import statistics
import time
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any
from uuid import uuid4

import psycopg
from psycopg.rows import dict_row
from pydantic_core import to_json

from tests.benchmarks.measure import ALONE_SHARE, REPETITIONS, Spread, Timing

Rows = Sequence[dict[str, Any]]
MakeBatch = Callable[[int], dict[str, Rows]]
"""So many commands' rows, by table."""

TABLES = {"stored_events": "raw_events", "commands": "raw_commands"}
TYPES = """SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND attname <> 'notification_id'"""


class Raw:
    """Tables like ours, filled by one multi-row INSERT per table and transaction."""

    def __init__(self, database_url: str) -> None:
        self._conn = psycopg.connect(database_url)
        self._inserts = {table: self._create(like, table) for like, table in TABLES.items()}
        self._conn.commit()

    def close(self) -> None:
        self._conn.close()

    def _create(self, like: str, table: str) -> bytes:
        """Makes the table; the statement that fills it from JSON, which Postgres reads fastest."""
        self._conn.execute(f"DROP TABLE IF EXISTS {table}".encode())
        self._conn.execute(f"CREATE TABLE {table} (LIKE {like} INCLUDING ALL)".encode())
        found = self._conn.execute(TYPES, (table,)).fetchall()
        columns = ", ".join(name for name, _ in found)
        shape = ", ".join(f"{name} {type_}" for name, type_ in found)
        insert = f"INSERT INTO {table} ({columns}) SELECT * FROM json_to_recordset(%s::json) AS r ({shape})"
        return insert.encode()

    def write(self, batch: dict[str, Rows]) -> float:
        """One transaction; the seconds it took. Making its parameters is not counted."""
        told = {table: to_json(list(rows), bytes_mode="utf8").decode() for table, rows in batch.items()}
        began = time.perf_counter()
        for table, rows in told.items():
            self._conn.execute(self._inserts[table], (rows,))
        self._conn.commit()
        return time.perf_counter() - began

    async def timed(self, make: MakeBatch, size: int, seconds: float) -> Timing:
        """Batches of `size` for the rate, of one for the latency. Making the rows is not counted."""
        return await asyncio.to_thread(self._timed, make, size, seconds)

    def _timed(self, make: MakeBatch, size: int, seconds: float) -> Timing:
        rates, alone = [], []
        for _ in range(REPETITIONS):
            rates.append(size / statistics.fmean(self._writes(make, size, seconds)))
            alone.append(statistics.median(self._writes(make, 1, seconds * ALONE_SHARE)) * 1000)
        return Timing(Spread.of(rates), Spread.of(alone))

    def _writes(self, make: MakeBatch, size: int, seconds: float) -> list[float]:
        took: list[float] = []
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            took.append(self.write(make(size)))
        return took


def like_stored(database_url: str, topic: str, most: int) -> MakeBatch:
    """Batches of rows as the platform wrote them for commands that appended `topic`, under new names."""
    with psycopg.connect(database_url, options="-c role=hb_worker", row_factory=dict_row) as conn:
        query = "SELECT * FROM stored_events WHERE topic = %s ORDER BY notification_id DESC LIMIT %s"
        events = conn.execute(query, (topic, most)).fetchall()
        ids = [event["message_id"] for event in events]
        found = conn.execute("SELECT * FROM commands WHERE message_id = ANY(%s)", (ids,)).fetchall()
    commands = {command["message_id"]: command for command in found}

    def make(size: int) -> dict[str, Rows]:
        told = list(islice(events * (size // len(events) + 1), size))
        fresh = [{"message_id": uuid4(), "stream": f"raw-{uuid4()}"} for _ in told]
        return {
            "raw_events": [
                event | {"message_id": new["message_id"], "originator_id": new["stream"]}
                for event, new in zip(told, fresh, strict=True)
            ],
            "raw_commands": [
                commands[event["message_id"]] | new for event, new in zip(told, fresh, strict=True)
            ],
        }

    return make


def mean_batch(database_url: str, type_name: str) -> int:
    """Commands per transaction, by the moment they share."""
    query = """SELECT coalesce(round(avg(n)), 1) FROM (SELECT count(*) AS n FROM commands
        WHERE type = %s GROUP BY recorded_at HAVING count(*) > 1) AS batches"""
    with psycopg.connect(database_url, options="-c role=hb_worker") as conn:
        row = conn.execute(query, (type_name,)).fetchone()
    return max(1, int(row[0])) if row else 1
