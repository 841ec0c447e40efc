"""The real platform for a test or a benchmark: servers and workers as processes, each can be killed."""

import asyncio
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal, Protocol

from nats.js.errors import NotFoundError

from bus import command_consumer, permissions
from bus.app import ROLES
from bus.broker import Bus, connected
from bus.permissions import USERS
from bus.prepare import prepare
from bus.streams import COMMANDS, ensure_streams
from infra.embedded.app_process import AppProcess, at_once
from infra.embedded.backends import WORKERS, edge
from infra.embedded.nats import EmbeddedNats
from infra.embedded.ports import HOST, free_ports
from infra.embedded.postgres import EmbeddedPostgres
from infra.embedded.probe import listens
from infra.embedded.process import python, wait_until_ready
from infra.settings import child_environment
from tests.support.client import Client

Part = Literal["worker", "api", "nats", "postgres"]
PARTS: tuple[Part, ...] = ("worker", "api", "nats", "postgres")
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
    api: AppProcess | None = None
    api_url: str = ""

    @property
    def database_url(self) -> str:
        return self.postgres.url

    def of(self, part: Part, number: int = 0) -> Killable:
        """`number` picks one of several workers."""
        if part == "worker":
            return self.workers[number % len(self.workers)]
        by_name: dict[Part, Killable | None] = {
            "api": self.api,
            "postgres": self.postgres,
            "nats": self.nats,
        }
        found = by_name[part]
        assert found, f"the platform runs without {part}"
        return found

    def ours(self) -> Iterator[tuple[Part, int, AppProcess]]:
        """The processes of our own code."""
        yield from (("worker", number, worker) for number, worker in enumerate(self.workers))
        if self.api:
            yield "api", 0, self.api

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
    arguments: Sequence[str] = (),
    with_api: bool = False,
) -> AsyncIterator[RunningPlatform]:
    """One worker per entry of `processes`, which names its roles; `module` with `arguments` is its program.

    All have the same `settings`. Calls of provider `openai` go to the scripted server.
    """
    postgres = EmbeddedPostgres(data / "postgres", data / "logs" / "postgres.log")
    nats = EmbeddedNats(data / "nats", data / "logs" / "nats.log", USERS)
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
            name = f"worker-{number}"
            worker = worker_process(
                platform, name, roles, scripted_llm_url, module, arguments=arguments, **more
            )
            stack.push_async_callback(worker.stop)
            platform.workers.append(worker)
            await worker.start()
        for worker in platform.workers:
            await until_it_works(worker, bus)
        if with_api:
            await start_api(platform, stack, more)
        yield platform


async def start_api(platform: RunningPlatform, stack: AsyncExitStack, settings: Mapping[str, str]) -> None:
    """Ready when it listens. Started anew while servers are away it may end at once, as a worker may.

    One user at one address asks for everything, so nobody's requests are counted.
    """
    port = free_ports(1)[0]
    log = platform.data / "logs" / "api.log"
    unlimited = {"rate_limits": "off", "max_requests_per_address": "1000", **settings}
    more = environment(platform, permissions.API, **unlimited)
    program = python("api", *edge(HOST, port), log=log, environment=more)
    platform.api, platform.api_url = AppProcess(program, at_once), f"http://{HOST}:{port}"
    stack.push_async_callback(platform.api.stop)
    await platform.api.start()
    assert platform.api.process
    await wait_until_ready(program, platform.api.process, partial(listens, HOST, port), START_SECONDS)


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
    arguments: Sequence[str] = (),
    **settings: str,
) -> AppProcess:
    user = permissions.worker(ROLES if roles == "all" else roles.split(","))
    more = {"openai_base_url": f"{llm_url}/v1" if llm_url else "", **settings}
    log = platform.data / "logs" / f"{name}.log"
    program = python(
        name, module, *arguments, "--role", roles, log=log, environment=environment(platform, user, **more)
    )
    return AppProcess(program, at_once)


def environment(platform: RunningPlatform, user: str, **settings: str) -> dict[str, str]:
    return child_environment(
        {
            "database_url": platform.postgres.url,
            "nats_url": platform.nats.url_of(user),
            "nats_monitor_url": platform.nats.monitor_url,
            "data_dir": str(platform.data),
            **settings,
        }
    )
