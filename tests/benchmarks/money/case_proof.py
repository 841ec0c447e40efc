"""Sealing the ledger, verifying all of it, and how far the seal is behind what was appended."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from statistics import quantiles

import psycopg

from bus.audit.verify import verify
from bus.sealer import Sealer
from infra.db.pools import WORKER, async_pool
from infra.eventstore.postgres import PostgresEventStore
from tests.benchmarks.figures import Figure, Reference
from tests.benchmarks.measure import REPETITIONS, Spread
from tests.benchmarks.setting import Result
from tests.benchmarks.stage import Broken, Stage
from tests.support.ledger import KEYS, Calls, projected, seal_all

BATCH = 2_000
APPENDS, CALLS_EACH, PER_SECOND = 300, 10, 200
POLL_SECONDS, PATIENCE_SECONDS = 0.01, 60
PROCESSES = 2
VERIFIED = Reference("wanted", Spread.once(50_000.0))
BEHIND = Reference("wanted", Spread.once(500.0), "the most it may be")
VERIFY = "import sys; from tests.benchmarks.money.case_proof import verify_here; verify_here(sys.argv[1])"


async def measure(stage: Stage) -> Result:
    calls = stage.pick(150_000, 6_000)
    async with stage.database() as url, stored(url) as store:
        made = Calls(store)
        stage.say(f"{calls:,} calls")
        for _ in range(calls // BATCH):
            await asyncio.to_thread(made.make, BATCH)
        stage.say("sealing")
        began = time.perf_counter()
        entries = await seal_all(url)
        sealed = Spread.once(entries / (time.perf_counter() - began))
        await projected(url, store)
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute("VACUUM ANALYZE")
        stage.say("verifying")
        verified = Spread.of([await rate_of_verifying(url) for _ in range(REPETITIONS)])
        stage.say(f"sealing behind {PER_SECOND} calls/s")
        lags = quantiles(await lag(url, made, stage.pick(APPENDS, APPENDS // 3)), n=100)
    shape = f"{entries:,} entries of the ledger"
    behind = f"from before an append of {CALLS_EACH} calls to its checkpoint, {PER_SECOND} calls/s"
    return Result(
        [
            Figure("entries sealed", "/s", sealed, f"{shape}: leaves, chain, tree, checkpoints"),
            Figure(
                f"entries verified, {PROCESSES} processes",
                "/s",
                verified,
                f"{shape}: all of it, and the projections, start-up included",
                (VERIFIED,),
            ),
            *(
                Figure(f"sealing behind, p{p}", "ms", Spread.once(lags[p - 1] * 1000), behind, (BEHIND,))
                for p in (50, 99)
            ),
        ]
    )


@asynccontextmanager
async def stored(url: str) -> AsyncIterator[PostgresEventStore]:
    store = PostgresEventStore(url)
    try:
        yield store
    finally:
        store.close()


async def rate_of_verifying(url: str) -> float:
    """In a process of its own, as `hb ledger verify` is."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", VERIFY, url, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await child.communicate()
    if child.returncode:
        raise Broken("the ledger does not verify")
    entries, seconds = json.loads(said)
    return float(entries / seconds)


def verify_here(url: str) -> None:
    began = time.perf_counter()
    report = verify(url, KEYS, processes=PROCESSES)
    assert report.holds, report.findings
    print(json.dumps([report.entries, time.perf_counter() - began]))


async def lag(url: str, calls: Calls, appends: int) -> list[float]:
    """Seconds, by append."""
    appended: list[tuple[int, float]] = []
    async with async_pool(url, WORKER, max_size=2) as pool:
        sealer = asyncio.ensure_future(Sealer(pool, url, lambda: KEYS).run())
        watching = asyncio.ensure_future(watch(url, appended, appends))
        for _ in range(appends):
            at = time.perf_counter()
            await asyncio.to_thread(calls.make, CALLS_EACH, datetime.now(UTC))
            appended.append((last_position(url), at))
            await asyncio.sleep(max(0, CALLS_EACH / PER_SECOND - (time.perf_counter() - at)))
        found = await asyncio.wait_for(watching, PATIENCE_SECONDS)
        sealer.cancel()
    return found


def last_position(url: str) -> int:
    with psycopg.connect(url) as conn:
        row = conn.execute("SELECT max(notification_id) FROM stored_events").fetchone()
    return row[0] if row else 0


async def watch(url: str, appended: list[tuple[int, float]], appends: int) -> list[float]:
    query = "SELECT position FROM audit_leaves ORDER BY audit_seq DESC LIMIT 1"
    lags: list[float] = []
    with psycopg.connect(url, autocommit=True) as conn:
        while len(lags) < appends:
            row = conn.execute(query).fetchone()
            while len(lags) < len(appended) and row and appended[len(lags)][0] <= row[0]:
                lags.append(time.perf_counter() - appended[len(lags)][1])
            await asyncio.sleep(POLL_SECONDS)
    return lags
