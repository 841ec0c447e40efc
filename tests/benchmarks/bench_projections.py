"""Events per second into the read models: `python -m tests.benchmarks.bench_projections DATABASE_URL`.

The database is one made for this and thrown away: its projections are filled with runs of three steps.
"""

import asyncio
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from psycopg import AsyncConnection

from infra.db.migrate import migrate
from projections import feed
from projections.install import install
from projections.kernel import Connection
from projections.registry import PROJECTIONS
from schemas.authoring.definition import Source
from schemas.base import Event, TenantId
from schemas.envelope import Recorded
from schemas.execution import events as e

RUNS = 5_000
LIVE_BATCH = 50
REBUILD_BATCH = 2_000
AT = datetime(2026, 9, 1, tzinfo=UTC)
TENANT = TenantId(uuid4())
SOURCE = Source(kind="workflow", id=uuid4(), version=1, hash="0" * 64, name="Benchmark")


def run() -> tuple[str, list[Event]]:
    id_ = uuid4()
    deadline = AT + timedelta(hours=1)
    events: list[Event] = [e.ExecutionStarted(execution_id=id_, source=SOURCE, inputs={}, deadline=deadline)]
    for node in ("a", "b", "c"):
        events.append(e.StepScheduled(execution_id=id_, node=node, attempt=1, kind="noop"))
        events.append(e.StepSucceeded(execution_id=id_, node=node, attempt=1, output={"text": "x" * 100}))
    events.append(e.ExecutionSucceeded(execution_id=id_, output={"text": "x" * 100}))
    return f"execution-{id_}", events


def log(runs: int, in_flight: int, first: int) -> list[Recorded]:
    """Runs take turns, as they do when many are in flight."""
    made: list[Recorded] = []
    for _ in range(runs // in_flight):
        wave = [run() for _ in range(in_flight)]
        for version in range(len(wave[0][1])):
            for stream, events in wave:
                position = first + len(made) + 1
                ids = (uuid4(), uuid4())
                made.append(
                    Recorded(
                        position, stream, version + 1, TENANT, None, "b", *ids, AT, None, events[version]
                    )
                )
    return made


async def nothing(position: int, limit: int) -> Sequence[Recorded]:
    return []


async def fed(conn: Connection, events: list[Recorded], size: int) -> float:
    previous = events[0].position - 1
    begin = time.perf_counter()
    for start in range(0, len(events), size):
        batch = events[start : start + size]
        await feed.apply(conn, PROJECTIONS, batch, previous, nothing)
        previous = batch[-1].position
    return len(events) / (time.perf_counter() - begin)


async def main(url: str) -> None:
    migrate(url)
    async with await AsyncConnection.connect(url) as owner:
        await install(owner, PROJECTIONS)
    position = 0
    async with await AsyncConnection.connect(url, options="-c role=hb_worker", autocommit=True) as conn:
        for name, size in (("batches of 50", LIVE_BATCH), ("batches of 2,000", REBUILD_BATCH)):
            events = log(RUNS, 64 if size == LIVE_BATCH else 256, position)
            cpu = time.process_time()
            begin = time.perf_counter()
            speed = await fed(conn, events, size)
            share = (time.process_time() - cpu) / (time.perf_counter() - begin)
            print(f"{name:20} {speed:10,.0f} events/s   client CPU {share:.0%}")
            position = events[-1].position


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
