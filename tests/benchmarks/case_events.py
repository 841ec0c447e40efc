"""Events into the store in batches, and out of it into a projection built anew."""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

import psycopg

from bus.prepare import prepare
from infra.eventstore.mapper import recorded
from infra.eventstore.postgres import PostgresEventStore
from infra.eventstore.types import Batch, Row
from projections.executions.project import PROJECTION
from projections.rebuild import rebuild
from schemas.envelope import Recorded
from tests.benchmarks.bench_projections import log
from tests.benchmarks.figures import Figure, Reference
from tests.benchmarks.measure import REPETITIONS, Spread
from tests.benchmarks.raw import Raw, Rows
from tests.benchmarks.setting import Result, Setting

T = TypeVar("T")

RUNS_PER_BATCH = 32
BATCH = RUNS_PER_BATCH * 8
REBUILT_BATCHES_PER_SECOND = 16
"""How many batches are stored to rebuild from, per second of measuring."""

COLUMNS = {"stream": "originator_id", "version": "originator_version", "type": "topic", "data": "state"}
"""Where the table's names, which are the library's, differ from ours."""


async def measure(setting: Setting) -> Result:
    batches = round(REBUILT_BATCHES_PER_SECOND * setting.seconds)
    appending, rebuilding = await setting.database("bench_append"), await setting.database("bench_rebuild")
    await prepare(appending)
    await prepare(rebuilding)
    async with setting.resting():
        setting.say("appending")
        append, raw = await asyncio.to_thread(appended, appending, setting.seconds)
        setting.say("rebuilding")
        rate = await rebuilt(rebuilding, batches)
    return Result(
        [
            Figure(
                f"events appended, batches of {BATCH}",
                "/s",
                append,
                "PostgresEventStore.commit, one writer: table lock, positions, all columns",
                (Reference("raw Postgres", raw, "the same rows in one multi-row INSERT and commit"),),
            ),
            Figure(
                "projection rebuilt, events",
                "/s",
                rate,
                f"projections.rebuild of `executions` from {batches * BATCH} events, switch included",
                (Reference("raw Postgres", raw, "writing as many event rows, nothing computed"),),
            ),
        ]
    )


def appended(url: str, seconds: float) -> tuple[Spread, Spread]:
    """Events per second through the store and past it, in turns."""
    store, raw = PostgresEventStore(url), Raw(url)
    ours, floor = list[float](), list[float]()
    try:
        for _ in range(REPETITIONS):
            ours.append(per_second(lambda: took(store.commit, batch_of(fresh())), seconds / 2))
            floor.append(per_second(lambda: raw.write(columns_of(fresh())), seconds / 2))
    finally:
        store.close()
        raw.close()
    return Spread.of(ours), Spread.of(floor)


def per_second(write: Callable[[], float], seconds: float) -> float:
    """`write` tells how long one batch took."""
    written, spent = 0, 0.0
    while spent < seconds:
        spent += write()
        written += BATCH
    return written / spent


def took(write: Callable[[T], object], batch: T) -> float:
    began = time.perf_counter()
    write(batch)
    return time.perf_counter() - began


def fresh() -> list[Row]:
    """The events of runs that take turns."""
    return [stored(event) for event in log(RUNS_PER_BATCH, RUNS_PER_BATCH, 0)]


def batch_of(rows: list[Row]) -> Batch:
    return Batch(datetime.now(UTC), rows=rows)


def columns_of(rows: list[Row]) -> dict[str, Rows]:
    named = [{COLUMNS.get(name, name): value for name, value in row._asdict().items()} for row in rows]
    return {"raw_events": named}


def stored(event: Recorded) -> Row:
    return Row(
        stream=event.stream,
        version=event.version,
        type=event.event.type_name,
        type_version=event.event.type_version,
        data=event.event.model_dump_json().encode(),
        tenant_id=event.tenant_id,
        partner_id=None,
        actor=event.actor,
        message_id=event.message_id,
        correlation_id=event.correlation_id,
        traceparent=None,
        recorded_at=event.recorded_at,
    )


async def rebuilt(url: str, batches: int) -> Spread:
    """Events per second, each time from an empty table to the switch."""
    store = PostgresEventStore(url)
    try:
        for _ in range(batches):
            await asyncio.to_thread(store.commit, batch_of(fresh()))

        async def read_after(position: int, limit: int) -> Sequence[Recorded]:
            rows = await asyncio.to_thread(store.after, position, limit)
            return [recorded(row) for row in rows]

        rates = list[float]()
        for _ in range(REPETITIONS):
            began = time.perf_counter()
            await rebuild(lambda: psycopg.AsyncConnection.connect(url), PROJECTION, read_after)
            rates.append(batches * BATCH / (time.perf_counter() - began))
    finally:
        store.close()
    return Spread.of(rates)
