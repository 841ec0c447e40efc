"""How long a statement takes after a busy month: `python -m tests.benchmarks.bench_statements DATABASE_URL`.

The database is one made for this and thrown away. The month has a million entries of one tenant.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID, uuid4

from psycopg import AsyncConnection

from contexts.billing.identity import identity
from contexts.billing.statements import partner_earnings, profit_and_loss, tenant_bill
from infra.db.migrate import migrate
from projections.install import install
from projections.kernel import Connection
from projections.month_totals import queries
from projections.month_totals.project import PROJECTION
from schemas.authoring.definition import Source
from schemas.base import Event
from schemas.envelope import Recorded
from schemas.execution.events import ExecutionStarted
from tests.support.builders import PARTNER_ID, TENANT_ID
from tests.support.money import call, settled

ENTRIES, RUNS, WORKFLOWS = 1_000_000, 20_000, 50
MODELS = ("local/smollm2", "openai/gpt-4o-mini", "openai/gpt-4o", "anthropic/claude")
PERIOD = "2026-09"
AT = datetime(2026, 9, 15, tzinfo=UTC)
BATCH = 2_000
TIMES = 200


def started(number: int) -> ExecutionStarted:
    place = number % WORKFLOWS
    source = Source(kind="workflow", id=UUID(int=place), version=1, hash="h", name=f"Workflow {place}")
    deadline = AT + timedelta(hours=1)
    return ExecutionStarted(execution_id=UUID(int=number), source=source, inputs={}, deadline=deadline)


def month() -> Iterator[Event]:
    yield from (started(number) for number in range(RUNS))
    prices = [settled().model_copy(update={"model": model}) for model in MODELS]
    for number in range(ENTRIES):
        ref = call(f"n{number // RUNS}", execution_id=UUID(int=number % RUNS))
        yield prices[number % len(MODELS)].model_copy(update={"call": ref})


def recorded() -> Iterator[Recorded]:
    id_, stream = uuid4(), f"ledger-{TENANT_ID}-{PERIOD}"
    for n, event in enumerate(month(), 1):
        yield Recorded(n, stream, n, TENANT_ID, PARTNER_ID, "b", id_, id_, AT, None, event)


async def fill(conn: Connection) -> None:
    tx, batch = PROJECTION.tx(conn, 1), []
    for one in recorded():
        batch.append(one)
        if len(batch) == BATCH:
            await PROJECTION.project(batch, tx)
            batch = []
    if batch:
        await PROJECTION.project(batch, tx)


async def timed(name: str, ask: Callable[[], Awaitable[Any]]) -> None:
    took = []
    for _ in range(TIMES):
        begin = time.perf_counter()
        await ask()
        took.append((time.perf_counter() - begin) * 1000)
    took.sort()
    print(f"{name:<20} p50 {median(took):6.2f} ms   p99 {took[int(TIMES * 0.99)]:6.2f} ms")


async def main(url: str) -> None:
    migrate(url)
    async with await AsyncConnection.connect(url) as owner:
        await install(owner, [PROJECTION])
    async with await AsyncConnection.connect(url, options="-c role=hb_worker", autocommit=True) as conn:
        begin = time.perf_counter()
        await fill(conn)
        print(f"{ENTRIES:,} entries in {time.perf_counter() - begin:.0f} s")
        rows = await queries.of_tenant(conn, TENANT_ID, PERIOD)
        bill = tenant_bill(rows)
        print(f"{len(rows)} rows, {bill.total.calls:,} calls, price {bill.total.price}")
        print(f"the identity holds: {identity(rows).holds}")

        async def of_tenant() -> Any:
            return tenant_bill(await queries.of_tenant(conn, TENANT_ID, PERIOD))

        async def of_partner() -> Any:
            return partner_earnings(await queries.of_partner(conn, PARTNER_ID, PERIOD))

        async def of_platform() -> Any:
            return profit_and_loss(await queries.of_all(conn, PERIOD))

        async def of_identity() -> Any:
            return identity(await queries.of_all(conn, PERIOD), await queries.closed(conn, PERIOD))

        for ask in (of_tenant, of_partner, of_platform, of_identity):
            await timed(ask.__name__.removeprefix("of_"), ask)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
