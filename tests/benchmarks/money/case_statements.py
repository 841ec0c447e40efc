"""How long a statement takes after a busy month of one tenant."""

import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from statistics import quantiles
from typing import Any
from uuid import UUID, uuid4

from psycopg import AsyncConnection

from contexts.billing.identity import identity
from contexts.billing.statements import partner_earnings, profit_and_loss, tenant_bill
from projections.kernel import Connection
from projections.month_totals import queries
from projections.month_totals.project import PROJECTION
from schemas.authoring.definition import Source
from schemas.base import Event
from schemas.envelope import Recorded
from schemas.execution.events import ExecutionStarted
from tests.benchmarks.figures import Figure, Reference
from tests.benchmarks.measure import Spread
from tests.benchmarks.setting import Result
from tests.benchmarks.stage import Broken, Stage
from tests.support.builders import PARTNER_ID, TENANT_ID
from tests.support.money import call, settled

ENTRIES, QUICK_ENTRIES = 1_000_000, 100_000
RUNS, WORKFLOWS = 20_000, 50
MODELS = ("local/smollm2", "openai/gpt-4o-mini", "openai/gpt-4o", "anthropic/claude")
PERIOD = "2026-09"
AT = datetime(2026, 9, 15, tzinfo=UTC)
BATCH = 2_000
TIMES = 200
MOST_MS = Reference("wanted", Spread.once(50.0), "the most it may take")


async def measure(stage: Stage) -> Result:
    entries = stage.pick(ENTRIES, QUICK_ENTRIES)
    async with (
        stage.database() as url,
        await AsyncConnection.connect(url, options="-c role=hb_worker", autocommit=True) as conn,
    ):
        stage.say(f"a month of {entries:,} entries")
        await fill(conn, entries)
        await require_whole(conn, entries)
        stage.say("asking")
        return Result([await timed(name, ask, entries) for name, ask in statements(conn).items()])


def statements(conn: Connection) -> dict[str, Callable[[], Awaitable[Any]]]:
    async def tenant() -> Any:
        return tenant_bill(await queries.of_tenant(conn, TENANT_ID, PERIOD))

    async def partner() -> Any:
        return partner_earnings(await queries.of_partner(conn, PARTNER_ID, PERIOD))

    async def platform() -> Any:
        return profit_and_loss(await queries.of_all(conn, PERIOD))

    async def check() -> Any:
        return identity(await queries.of_all(conn, PERIOD), await queries.closed(conn, PERIOD))

    return {"tenant's bill": tenant, "partner's earnings": partner, "our result": platform, "identity": check}


async def require_whole(conn: Connection, entries: int) -> None:
    rows = await queries.of_tenant(conn, TENANT_ID, PERIOD)
    if tenant_bill(rows).total.calls != entries or not identity(rows).holds:
        raise Broken("the month does not add up")


async def timed(name: str, ask: Callable[[], Awaitable[Any]], entries: int) -> Figure:
    took = []
    for _ in range(TIMES):
        begin = time.perf_counter()
        await ask()
        took.append((time.perf_counter() - begin) * 1000)
    cuts = quantiles(took, n=100)
    shape = f"query and arithmetic, a month of {entries:,} entries; least, and 99th percentile, in brackets"
    return Figure(f"statement: {name}", "ms", Spread(cuts[49], min(took), cuts[98]), shape, (MOST_MS,))


def started(number: int) -> ExecutionStarted:
    place = number % WORKFLOWS
    source = Source(kind="workflow", id=UUID(int=place), version=1, hash="h", name=f"Workflow {place}")
    deadline = AT + timedelta(hours=1)
    return ExecutionStarted(execution_id=UUID(int=number), source=source, inputs={}, deadline=deadline)


def month(entries: int) -> Iterator[Event]:
    yield from (started(number) for number in range(RUNS))
    prices = [settled().model_copy(update={"model": model}) for model in MODELS]
    for number in range(entries):
        ref = call(f"n{number // RUNS}", execution_id=UUID(int=number % RUNS))
        yield prices[number % len(MODELS)].model_copy(update={"call": ref})


def recorded(entries: int) -> Iterator[Recorded]:
    id_, stream = uuid4(), f"ledger-{TENANT_ID}-{PERIOD}"
    for n, event in enumerate(month(entries), 1):
        yield Recorded(n, stream, n, TENANT_ID, PARTNER_ID, "b", id_, id_, AT, None, event)


async def fill(conn: Connection, entries: int) -> None:
    tx, batch = PROJECTION.tx(conn, 1), []
    for one in recorded(entries):
        batch.append(one)
        if len(batch) == BATCH:
            await PROJECTION.project(batch, tx)
            batch = []
    if batch:
        await PROJECTION.project(batch, tx)
