"""Starts everything on this machine, step by step, and tells how it goes."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg

from api.adapters.vault import opened_accounts
from api.cli import endpoints as remembered
from api.cli.look import out
from api.cli.operate import desk
from api.cli.seeds import LOCAL_MODEL, Login, seed
from api.cli.steps import Steps
from api.main import KEY_RING
from bus.prepare import prepare
from infra import start_checks
from infra.crypto.key_rows import PostgresKeyStore
from infra.crypto.keys import load_ring
from infra.crypto.master_key import master_key
from infra.crypto.secrets import SecretBox, UnreadableSecret
from infra.embedded.backends import Endpoints, Platform
from infra.embedded.errors import StartFailed
from infra.embedded.supervisor import Progress, cancel
from infra.errors import SetupError
from infra.settings import Settings
from infra.telemetry import CREDENTIALS_IN_URL, HIDDEN

T = TypeVar("T")
LOOK_SECONDS = 0.2
TITLES = {
    "postgres": "Postgres",
    "nats": "NATS",
    "model": "Model",
    "worker-decide": "Worker (decide)",
    "worker-react": "Worker (react)",
    "api": "API",
}


class MigrationFailed(SetupError):
    def __init__(self, reason: str) -> None:
        super().__init__(
            f"the database could not be brought to this version: {reason}",
            "Connect as its owner, with the right to create roles and extensions.",
        )


class OtherMasterKey(SetupError):
    def __init__(self) -> None:
        super().__init__(
            "the signing keys in this database were sealed with another master key.",
            "Set HB_SECRET_KEY to that key, or use the data folder it was made in.",
        )


@dataclass(frozen=True)
class Running:
    """`login`: of the first platform admin, if it was made just now."""

    url: str
    endpoints: Endpoints
    login: Login | None


class Boot:
    def __init__(self, platform: Platform, with_model: bool = True) -> None:
        self._platform = platform
        self._settings: Settings = platform.settings
        self._with_model = with_model
        self._steps = Steps(out)

    async def start(self) -> Running:
        """Everything that can go wrong for the user's setup is a SetupError."""
        with self._steps.shown():
            postgres = asyncio.ensure_future(self._postgres())
            nats = asyncio.ensure_future(self._nats())
            model = asyncio.ensure_future(self._model())
            await together(postgres, nats, model)
            endpoints = Endpoints(postgres.result(), *nats.result(), model.result())
            await self._checks(endpoints)
            await self._schema(endpoints)
            api = asyncio.ensure_future(self._api(endpoints))
            workers = asyncio.ensure_future(self._workers(endpoints))
            await together(api, workers)
        remembered.remember(self._platform.data, endpoints)
        return Running(api.result(), endpoints, workers.result())

    async def _postgres(self) -> str:
        with self._steps.step("Postgres", origin("HB_DATABASE_URL", self._settings.database_url)):
            return await self._platform.start_postgres()

    async def _nats(self) -> tuple[str, str | None]:
        with self._steps.step("NATS", origin("HB_NATS_URL", self._settings.nats_url)):
            return await self._platform.start_nats()

    async def _model(self) -> str | None:
        if not self._with_model:
            return None
        url = self._settings.local_model_url
        with self._steps.step("Model", origin("HB_LOCAL_MODEL_URL", url) if url else LOCAL_MODEL):
            return await self._platform.start_model()

    async def _checks(self, endpoints: Endpoints) -> None:
        with self._steps.step("Start checks") as step:
            await start_checks.check(endpoints.database_url, endpoints.nats_url, endpoints.nats_monitor_url)
            step.note = durability(endpoints)

    async def _schema(self, endpoints: Endpoints) -> None:
        with self._steps.step("Schema") as step:

            def building(name: str) -> None:
                step.note = f"building {name} anew"

            version = await migrated(endpoints.database_url, building)
            await asyncio.to_thread(open_key_ring, self._settings, endpoints.database_url)
            step.note = f"version {version}"

    async def _api(self, endpoints: Endpoints) -> str:
        with self._steps.step("API") as step:
            url = await self._platform.start_api(endpoints)
            step.note = url
            return url

    async def _workers(self, endpoints: Endpoints) -> Login | None:
        """Started when the first command is answered: what a new platform needs is ordered through them."""
        with self._steps.step("Workers", "one decides, one reacts"):
            await self._platform.start_workers(endpoints)
            return await unless_dead(self._platform, self._seeded(endpoints))

    async def _seeded(self, endpoints: Endpoints) -> Login | None:
        vault = opened_accounts(endpoints.database_url, master_key(self._settings))
        async with desk(endpoints) as at, vault as accounts:
            await at.served()
            return await seed(at, accounts)


async def migrated(database_url: str, on_rebuild: Callable[[str], None]) -> int:
    """The schema version. Raises a SetupError when it cannot be. Told which projections are rebuilt."""
    await start_checks.check_postgres(database_url)
    try:
        return await prepare(database_url, on_rebuild)
    except psycopg.Error as error:
        raise MigrationFailed(" ".join(str(error).split())) from error


def origin(setting: str, url: str | None) -> str:
    if url is None:
        return "embedded"
    return f"{setting}: {CREDENTIALS_IN_URL.sub(HIDDEN, url)}"


def durability(endpoints: Endpoints) -> str:
    if endpoints.nats_monitor_url:
        return "versions, durability"
    return "versions; that NATS syncs every message is not proven: set HB_NATS_MONITOR_URL"


def open_key_ring(settings: Settings, database_url: str) -> None:
    """Made here at the first start; here too it shows if the master key is another one."""
    try:
        load_ring(PostgresKeyStore(database_url), SecretBox([master_key(settings)], KEY_RING))
    except UnreadableSecret as error:
        raise OtherMasterKey from error


async def unless_dead(platform: Platform, work: Awaitable[T]) -> T:
    """The work's result, or StartFailed as soon as a service has ended meanwhile."""
    task = asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait({task}, timeout=LOOK_SECONDS))[0]:
            for service in platform.supervisor.services:
                # One that is starting has no process yet; its own start looks after it.
                process = getattr(service, "process", None)
                if process is not None and not service.alive():
                    reason = f"it exited with code {process.returncode}"
                    raise StartFailed(service.name, reason, service.log)
        return task.result()
    finally:
        await cancel([task])


async def together(*tasks: asyncio.Future[Any]) -> None:
    """Until all are done; the first error ends the others before it is raised."""
    try:
        await asyncio.gather(*tasks)
    finally:
        await cancel(tasks)


class Later:
    """What the supervisor reports when everything has been started: crashes, returns, the end."""

    def __init__(self) -> None:
        self._crashed: set[str] = set()
        self._stopping = False

    def __call__(self, progress: Progress) -> None:
        title = TITLES.get(progress.service, progress.service)
        if progress.state == "crashed":
            self._crashed.add(progress.service)
            out.print(f"[warn]![/] {title} ended unexpectedly; starting it again")
        elif progress.state == "ready" and progress.service in self._crashed:
            self._crashed.discard(progress.service)
            out.print(f"[good]✓[/] {title}: running again")
        elif progress.state == "stopping" and not self._stopping:
            # The line the terminal wrote ^C on is not ours.
            self._stopping = True
            out.print()
        elif progress.state == "stopped":
            out.print(f"[quiet]■[/] {title} stopped")
