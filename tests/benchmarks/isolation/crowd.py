"""A database full of tenants, and how two connections that ask the same are timed."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import quantiles
from uuid import UUID, uuid4

from psycopg import AsyncConnection, sql

from infra.db.scope import SET, Scope
from projections.kernel import Connection
from tests.benchmarks.measure import Spread
from tests.benchmarks.stage import Stage

MANY, QUICK_MANY = 1_000, 100
TIMES, QUICK_TIMES = 1_000, 200
FILL = (Path(__file__).parent / "crowd.sql").read_text()
PARTNER = uuid4()

Ask = Callable[[Connection], Awaitable[object]]


class Crowd:
    """`as_role` asks as that role and scope. The owner is a superuser: no policy binds it."""

    def __init__(self, url: str, owner: Connection, stage: Stage) -> None:
        self.url, self.owner = url, owner
        self.tenants = stage.pick(MANY, QUICK_MANY)
        self.times = stage.pick(TIMES, QUICK_TIMES)

    async def fill(self) -> None:
        numbers = {"tenants": sql.Literal(self.tenants), "rows": sql.Literal(self.tenants)}
        await self.owner.execute(sql.SQL(FILL).format(partner=sql.Literal(PARTNER), **numbers))

    async def a_tenant(self) -> UUID:
        row = await (await self.owner.execute("SELECT id FROM tenants ORDER BY subdomain LIMIT 1")).fetchone()
        assert row
        return UUID(str(row[0]))

    @asynccontextmanager
    async def as_role(self, role: str, scope: Scope) -> AsyncIterator[Connection]:
        async with await AsyncConnection.connect(self.url, options=f"-c role={role}") as conn:
            await conn.execute(SET, scope.settings())
            yield conn

    @property
    def shape(self) -> str:
        return f"{self.tenants:,} tenants with {self.tenants:,} rows each; quartiles in brackets"


@asynccontextmanager
async def crowd(stage: Stage) -> AsyncIterator[Crowd]:
    async with (
        stage.database() as url,
        await AsyncConnection.connect(url, autocommit=True) as owner,
    ):
        made = Crowd(url, owner, stage)
        stage.say(f"{made.tenants:,} tenants with {made.tenants:,} rows each")
        await made.fill()
        stage.say("asking")
        yield made


async def in_turns(ask: Ask, connections: Mapping[str, Connection], times: int) -> dict[str, Spread]:
    """Milliseconds: each connection is asked once in every round, so that what slows one slows all."""
    took: dict[str, list[float]] = {name: [] for name in connections}
    for _ in range(times):
        for name, conn in connections.items():
            begin = time.perf_counter()
            await ask(conn)
            took[name].append((time.perf_counter() - begin) * 1_000)
    return {name: spread(found) for name, found in took.items()}


def spread(took: list[float]) -> Spread:
    low, median, high = quantiles(took, n=4)
    return Spread(median, low, high)
