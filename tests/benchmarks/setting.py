"""What a case is given: the platform, a tenant on it, and how long it may take."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from infra.embedded.postgres import ensure_database
from tests.benchmarks.figures import Figure, Peer
from tests.benchmarks.lines import Chart
from tests.support.client import Tenancy
from tests.support.platform import RunningPlatform

BUILD = Path("build")
BEHIND = """SELECT (SELECT coalesce(max(notification_id), 0) FROM stored_events)
    - (SELECT min(position) FROM projections)"""


@dataclass(frozen=True)
class Setting:
    """`seconds` is for one repetition of one throughput."""

    platform: RunningPlatform
    tenancy: Tenancy
    llm_url: str
    seconds: float
    with_peers: bool
    say: Callable[[str], None]
    caught_up_seconds: list[float] = field(default_factory=list)

    async def database(self, name: str) -> str:
        """A database of its own on the same server."""
        await ensure_database(self.platform.postgres.url_of("postgres"), name)
        return self.platform.postgres.url_of(name)

    async def catch_up(self) -> None:
        """The projections' backlog must not slow what comes next; how long it took is told."""
        self.say("projections catch up")
        self.caught_up_seconds.append(await rest(self.platform.database_url))

    @asynccontextmanager
    async def resting(self) -> AsyncIterator[None]:
        """Our workers are stopped: they take nothing from whoever is measured meanwhile."""
        await self.catch_up()
        for worker in self.platform.workers:
            await worker.stop()
        yield
        for worker in self.platform.workers:
            await worker.start()


@dataclass(frozen=True)
class Result:
    figures: Sequence[Figure]
    absent: Sequence[Peer] = ()
    """Peers that could not be measured."""
    caught_up_seconds: Mapping[str, float] = field(default_factory=dict)
    """By case: how long the projections took afterwards to have everything."""
    charts: Mapping[str, Sequence[Chart]] = field(default_factory=dict)
    """By the name of the picture they make together."""


async def rest(database_url: str, most_seconds: float = 60.0) -> float:
    """Waits until the projections have all that is stored; how long that took."""
    began = time.perf_counter()
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as conn:
        while time.perf_counter() - began < most_seconds:
            row = await (await conn.execute(BEHIND)).fetchone()
            if row == (0,):
                break
            await asyncio.sleep(0.05)
    return time.perf_counter() - began
