"""What a case is given: the platform, a tenant on it, and how long it may take."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.embedded.postgres import ensure_database
from tests.benchmarks.figures import Figure, Peer
from tests.support.client import Tenancy
from tests.support.platform import RunningPlatform

BUILD = Path("build")


@dataclass(frozen=True)
class Setting:
    """`seconds` is for one repetition of one throughput."""

    platform: RunningPlatform
    tenancy: Tenancy
    llm_url: str
    seconds: float
    with_peers: bool
    say: Callable[[str], None]

    async def database(self, name: str) -> str:
        """A database of its own on the same server."""
        await ensure_database(self.platform.postgres.url_of("postgres"), name)
        return self.platform.postgres.url_of(name)

    @asynccontextmanager
    async def resting(self) -> AsyncIterator[None]:
        """Our workers are stopped: they take nothing from whoever is measured meanwhile."""
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
