"""The real platform for a test or a benchmark: servers and workers as processes, each can be killed."""

import asyncio
import signal
import subprocess
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from nats.js.errors import NotFoundError

from bus import command_consumer
from bus.broker import Bus, connected
from bus.prepare import prepare
from bus.streams import COMMANDS, ensure_streams
from infra.embedded.app_process import AppProcess, at_once
from infra.embedded.backends import WORKERS
from infra.embedded.nats import EmbeddedNats
from infra.embedded.postgres import EmbeddedPostgres
from infra.embedded.process import python, wait_until_ready
from infra.settings import child_environment
from tests.support.client import Client

Part = Literal["worker", "nats", "postgres"]
PARTS: tuple[Part, ...] = ("worker", "nats", "postgres")
COMMAND_ROLES = {"all", "commands"}
START_SECONDS = 60.0


class Killable(Protocol):
    process: subprocess.Popen[bytes] | None

    async def start(self) -> None: ...

    def alive(self) -> bool: ...


@dataclass
class RunningPlatform:
    data: Path
    postgres: EmbeddedPostgres
    nats: EmbeddedNats
    client: Client
    workers: list[AppProcess] = field(default_factory=list)

    @property
    def database_url(self) -> str:
        return self.postgres.url

    def of(self, part: Part, number: int = 0) -> Killable:
        """`number` picks one of several workers."""
        by_name: dict[Part, Killable] = {"postgres": self.postgres, "nats": self.nats}
        return by_name.get(part) or self.workers[number % len(self.workers)]

    async def kill(self, part: Part, number: int = 0) -> None:
        """With -9; gone when this returns."""
        process = self.of(part, number).process
        if process is not None:
            process.kill()
            await asyncio.to_thread(process.wait)

    async def hold(self, number: int, seconds: float) -> None:
        """A worker stands still and goes on as if nothing had happened."""
        process = self.workers[number % len(self.workers)].process
        if process is not None:
            process.send_signal(signal.SIGSTOP)
            await asyncio.sleep(seconds)
            process.send_signal(signal.SIGCONT)

    async def revive(self, part: Part, number: int = 0) -> None:
        """On the same data and address."""
        await self.of(part, number).start()


@asynccontextmanager
async def running_platform(
    data: Path,
    processes: Sequence[str] = tuple(WORKERS.values()),
    scripted_llm_url: str | None = None,
    module: str = "bus.app",
    settings: Mapping[str, str] | None = None,
) -> AsyncIterator[RunningPlatform]:
    """One worker per entry of `processes`, which names its roles; `module` is its program.

    All have the same `settings`. Calls of provider `openai` go to the scripted server.
    """
    postgres = EmbeddedPostgres(data / "postgres", data / "logs" / "postgres.log")
    nats = EmbeddedNats(data / "nats", data / "logs" / "nats.log")
    async with AsyncExitStack() as stack:
        for server in (postgres, nats):
            stack.push_async_callback(server.stop)
            await server.start()
        await prepare(postgres.url)
        bus = await stack.enter_async_context(connected(nats.url, "tests"))
        await ensure_streams(bus.js)
        client = Client(bus)
        await client.start()
        platform = RunningPlatform(data, postgres, nats, client)
        more = dict(settings or {})
        for number, roles in enumerate(processes):
            worker = worker_process(platform, f"worker-{number}", roles, scripted_llm_url, module, **more)
            stack.push_async_callback(worker.stop)
            platform.workers.append(worker)
            await worker.start()
        for worker in platform.workers:
            await until_it_works(worker, bus)
        yield platform


async def until_it_works(worker: AppProcess, bus: Bus) -> None:
    """Raises StartFailed, which names the log, when the worker ends instead."""

    async def somebody_takes_commands() -> bool:
        try:
            return bool((await bus.js.consumer_info(COMMANDS, command_consumer.NAME)).num_waiting)
        except NotFoundError:
            return False

    if worker.process and COMMAND_ROLES & set(worker.program.argv[-1].split(",")):
        await wait_until_ready(worker.program, worker.process, somebody_takes_commands, START_SECONDS)


def worker_process(
    platform: RunningPlatform,
    name: str,
    roles: str,
    llm_url: str | None,
    module: str = "bus.app",
    **more: str,
) -> AppProcess:
    """`more` are settings."""
    settings = {
        "database_url": platform.postgres.url,
        "nats_url": platform.nats.url,
        "nats_monitor_url": platform.nats.monitor_url,
        "data_dir": str(platform.data),
        "openai_base_url": f"{llm_url}/v1" if llm_url else "",
        **more,
    }
    log = platform.data / "logs" / f"{name}.log"
    environment = child_environment(settings)
    program = python(name, module, "--role", roles, log=log, environment=environment)
    return AppProcess(program, at_once)
