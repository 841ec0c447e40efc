"""The whole platform on this machine: servers it needs, then workers and the API that use them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType, TracebackType

from infra.embedded.app_process import AppProcess, at_once
from infra.embedded.lock import DataLock
from infra.embedded.model import ModelServer
from infra.embedded.nats import EmbeddedNats
from infra.embedded.nats_users import ADMIN, EVERYTHING, Permissions
from infra.embedded.ports import free_ports, is_free
from infra.embedded.postgres import EmbeddedPostgres
from infra.embedded.probe import listens
from infra.embedded.process import Program, python
from infra.embedded.supervisor import Progress, Supervisor
from infra.errors import SetupError
from infra.settings import Settings, child_environment

EVERY_INTERFACE = ("0.0.0.0", "::")

WORKERS = {
    "worker-decide": "commands,relay",
    "worker-react": "policies,effects,projections,timers,scheduler,sealer",
}
"""Deciding is one line of work that everything waits for: it does not share an interpreter."""


class PortTaken(SetupError):
    def __init__(self, port: int) -> None:
        fix = "Set HB_API_PORT to another port, or to 0 for any free one."
        super().__init__(f"port {port} is used by another program.", fix)


def edge(host: str, port: int) -> tuple[str, ...]:
    """The module that serves the HTTP edge there, and its arguments."""
    return ("api.serve", "--host", host, "--port", str(port))


@dataclass(frozen=True)
class Endpoints:
    """Where the servers are, named as the settings are."""

    database_url: str
    nats_url: str
    nats_monitor_url: str | None
    local_model_url: str | None

    def settings(self) -> dict[str, str]:
        return {name: value for name, value in vars(self).items() if value is not None}


class Platform:
    """`async with Platform(...)` holds the data folder; leaving it stops everything.

    `more` are settings of the processes it starts, beside those of the environment. `nats_users` must
    name every process.
    """

    def __init__(
        self,
        settings: Settings,
        on_progress: Callable[[Progress], None],
        more: Mapping[str, str] = MappingProxyType({}),
        nats_users: Mapping[str, Permissions] = MappingProxyType({ADMIN: EVERYTHING}),
    ) -> None:
        self.settings, self.more, self.nats_users = settings, more, nats_users
        self.nats: EmbeddedNats | None = None
        self.data = settings.data_dir.absolute()
        self.lock = DataLock(self.data)
        self.supervisor = Supervisor(on_progress)

    async def __aenter__(self) -> "Platform":
        self.lock.acquire()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.supervisor.stop()
        self.lock.release()

    async def start_postgres(self) -> str:
        if self.settings.database_url:
            return self.settings.database_url
        server = EmbeddedPostgres(self.data / "postgres", self.log("postgres"))
        await self.supervisor.start(server)
        return server.url

    async def start_nats(self) -> tuple[str, str | None]:
        if self.settings.nats_url:
            return self.settings.nats_url, self.settings.nats_monitor_url
        self.nats = EmbeddedNats(self.data / "nats", self.log("nats"), self.nats_users)
        await self.supervisor.start(self.nats)
        return self.nats.url, self.nats.monitor_url

    async def start_model(self) -> str | None:
        if self.settings.local_model_url:
            return self.settings.local_model_url
        server = ModelServer(self.log("model"))
        await self.supervisor.start(server)
        return server.url

    async def start_workers(self, endpoints: Endpoints) -> None:
        for number, (name, roles) in enumerate(WORKERS.items()):
            port = self.settings.metrics_port
            more = {"metrics_port": str(port + number)} if port else {}
            more |= self.connects_as(name)
            program = self.program(name, endpoints, "bus.app", "--role", roles, more=more)
            await self.supervisor.start(AppProcess(program, at_once))

    async def start_api(self, endpoints: Endpoints) -> str:
        """The address it is reached at."""
        host, port = self.settings.api_host, self.api_port()
        program = self.program("api", endpoints, *edge(host, port), more=self.connects_as("api"))
        reachable = "127.0.0.1" if host in EVERY_INTERFACE else host
        await self.supervisor.start(AppProcess(program, partial(listens, reachable, port)))
        url = f"http://{reachable}:{port}"
        self.lock.tell(url)
        return url

    async def watch(self) -> None:
        """Until cancelled; raises GaveUp when a service will not stay up."""
        await self.supervisor.watch()

    def program(
        self,
        name: str,
        endpoints: Endpoints,
        module: str,
        *arguments: str,
        more: Mapping[str, str] | None = None,
    ) -> Program:
        changes = {**endpoints.settings(), "data_dir": str(self.data), **self.more, **(more or {})}
        environment = child_environment(changes)
        return python(name, module, *arguments, log=self.log(name), environment=environment)

    def connects_as(self, user: str) -> dict[str, str]:
        """The embedded server has a user for each process; at another all are who its address says."""
        return {"nats_url": self.nats.url_of(user)} if self.nats else {}

    def log(self, name: str) -> Path:
        return self.data / "logs" / f"{name}.log"

    def api_port(self) -> int:
        port = self.settings.api_port or free_ports(1)[0]
        if not is_free(port):
            raise PortTaken(port)
        return port
