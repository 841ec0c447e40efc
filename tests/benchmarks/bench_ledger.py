"""Sealing and verifying, entries per second: `python -m tests.benchmarks.bench_ledger [CALLS]`.

On a Postgres of its own, thrown away after. Beside the wall clock stands what one processor's second does,
which other programs on the machine disturb less.
"""

import asyncio
import os
import resource
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles

import psycopg

from bus.audit.verify import verify
from bus.prepare import prepare
from bus.sealer import Sealer
from infra.db.pools import WORKER, async_pool
from infra.embedded.postgres import EmbeddedPostgres
from infra.eventstore.postgres import PostgresEventStore
from tests.support.ledger import KEYS, Calls, projected, seal_all

CALLS = 50_000
BATCH = 2_000
LAG_CALLS, LAG_PER_SECOND = 3_000, 200
POLL_SECONDS = 0.01
VERIFY = """
import sys
from tests.benchmarks.bench_ledger import verify_here
verify_here(sys.argv[1], int(sys.argv[2]))"""


async def main(calls: int) -> None:
    folder = Path(tempfile.mkdtemp(prefix="hb-bench-"))
    postgres = EmbeddedPostgres(folder / "postgres", folder / "postgres.log")
    await postgres.start()
    try:
        await measure(postgres.url, calls)
    finally:
        await postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def measure(url: str, calls: int) -> None:
    await prepare(url)
    store = PostgresEventStore(url)
    made = Calls(store)
    for _ in range(max(calls // BATCH, 1)):
        await asyncio.to_thread(made.make, BATCH)
    cpu, begun = used(), time.perf_counter()
    entries = await seal_all(url)
    tell("sealed", entries, time.perf_counter() - begun, used() - cpu)
    await projected(url, store)
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("VACUUM ANALYZE")
    for processes in (1, 2, 2, 2):
        await verified(url, processes)
    await lag(url, made)
    store.close()


async def verified(url: str, processes: int) -> None:
    """In a process of its own, as `hb ledger verify` is."""
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", VERIFY, url, str(processes))
    assert await child.wait() == 0


def verify_here(url: str, processes: int) -> None:
    cpu, begun = used(), time.perf_counter()
    report = verify(url, KEYS, processes=processes)
    assert report.holds, report.findings
    tell(f"verified, {processes} processes", report.entries, time.perf_counter() - begun, used() - cpu)


def tell(what: str, entries: int, seconds: float, spent: float) -> None:
    rates = f"{entries / seconds:,.0f}/s, {entries / spent:,.0f} in a processor's second"
    print(f"{what}: {entries:,} entries, {rates}, load {os.getloadavg()[0]:.1f}", flush=True)


def used() -> float:
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


async def lag(url: str, calls: Calls) -> None:
    """From just before an event is appended to when its checkpoint is committed."""
    appended: list[tuple[int, float]] = []
    lags: list[float] = []
    async with async_pool(url, WORKER, max_size=2) as pool:
        sealer = asyncio.ensure_future(Sealer(pool, url, KEYS).run())
        watching = asyncio.ensure_future(watch(url, appended, lags))
        for _ in range(LAG_CALLS // 10):
            at = time.perf_counter()
            await asyncio.to_thread(calls.make, 10, datetime.now(UTC))
            with psycopg.connect(url) as conn:
                row = conn.execute("SELECT max(notification_id) FROM stored_events").fetchone()
            appended.append((row[0] if row else 0, at))
            await asyncio.sleep(max(0, 10 / LAG_PER_SECOND - (time.perf_counter() - at)))
        await asyncio.wait_for(watching, 60)
        sealer.cancel()
    cuts = quantiles(lags, n=100)
    print(f"lag, {LAG_PER_SECOND} calls/s: median {1000 * cuts[49]:.0f} ms, 99 % {1000 * cuts[98]:.0f} ms")


async def watch(url: str, appended: list[tuple[int, float]], lags: list[float]) -> None:
    query = "SELECT position FROM audit_leaves ORDER BY audit_seq DESC LIMIT 1"
    with psycopg.connect(url, autocommit=True) as conn:
        while len(lags) < LAG_CALLS // 10:
            row = conn.execute(query).fetchone()
            while len(lags) < len(appended) and row and appended[len(lags)][0] <= row[0]:
                lags.append(time.perf_counter() - appended[len(lags)][1])
            await asyncio.sleep(POLL_SECONDS)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if sys.argv[1:] else CALLS))
