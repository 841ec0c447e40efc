"""What an engine case is given: platforms of its own, and how much to do on them."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from bus.prepare import prepare
from infra.embedded.backends import WORKERS
from infra.embedded.postgres import EmbeddedPostgres
from schemas.authoring.parts import InputSpec
from tests.benchmarks.setting import Setting
from tests.support.builders import noop, workflow
from tests.support.platform import running_platform

CHAIN = workflow(noop("a"), noop("b"), noop("c"), edges=[("a", "b"), ("b", "c")], output="done")
ITEMS_WANTED = {"items": InputSpec(type="array")}
SECONDS, QUICK_SECONDS = 1.5, 0.4
UNLIMITED = {f"runs_{whose}": "1000000" for whose in ("per_tenant", "per_partner", "on_platform")}
"""Where the engine itself is measured, nothing waits for its turn."""


class Broken(Exception):
    """What was measured did not do its work: its speed says nothing."""


@dataclass(frozen=True)
class Stage:
    quick: bool
    llm_url: str
    say: Callable[[str], None]

    def pick(self, full: int, quick: int) -> int:
        return quick if self.quick else full

    @asynccontextmanager
    async def platform(
        self, processes: Sequence[str] = tuple(WORKERS.values()), limited: bool = False
    ) -> AsyncIterator[Setting]:
        """`limited`: with the limits on runs that hold unless they are set."""
        self.say("starting a platform")
        data = Path(tempfile.mkdtemp(prefix="hb-bench-"))
        settings = {} if limited else UNLIMITED
        try:
            async with running_platform(data, processes, self.llm_url, settings=settings) as platform:
                tenancy = await platform.client.provision("bench")
                seconds = QUICK_SECONDS if self.quick else SECONDS
                yield Setting(platform, tenancy, self.llm_url, seconds, with_peers=False, say=self.say)
        finally:
            shutil.rmtree(data, ignore_errors=True)

    @asynccontextmanager
    async def database(self) -> AsyncIterator[str]:
        """A Postgres of its own, prepared."""
        self.say("starting Postgres")
        data = Path(tempfile.mkdtemp(prefix="hb-bench-"))
        postgres = EmbeddedPostgres(data / "postgres", data / "postgres.log")
        await postgres.start()
        try:
            await prepare(postgres.url)
            yield postgres.url
        finally:
            await postgres.stop()
            shutil.rmtree(data, ignore_errors=True)


async def succeed(setting: Setting, workflow_id: UUID, inputs: dict[str, Any] | None = None) -> None:
    """One run, from the command to the news of its end."""
    ended = await setting.platform.client.run(workflow_id, setting.tenancy, inputs)
    if ended.status != "succeeded":
        raise Broken(f"a run {ended.status}")
