"""`hb doctor`: what the platform stands on, checked one by one, each failure with its remedy."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

from rich.markup import escape

from api.cli import reading
from api.cli.endpoints import find
from api.cli.errors import NothingRuns
from api.cli.look import CROSS, DOT, TICK, out
from api.cli.witnesses import agreeing
from bus.projection_consumer import ProjectionsOutdated
from infra.db.migrate import newest
from infra.embedded import nats, nats_check, postgres
from infra.embedded.backends import Endpoints
from infra.embedded.model import weights
from infra.errors import SetupError
from infra.settings import Settings
from infra.start_checks import check_nats, check_postgres, check_schema
from projections.install import outdated
from projections.registry import PROJECTIONS

Check = Callable[[], Awaitable[None] | None]
FREE_GIB = 2
GIB = 1024**3
REINSTALL = "Remove .venv and run `./justw`: it installs the locked wheels again."


class Missing(SetupError):
    pass


def doctor(settings: Settings) -> int:
    """The number of things that are not well."""
    return asyncio.run(examine(settings))


async def examine(settings: Settings) -> int:
    checks = [*machine(settings)]
    try:
        endpoints = find(settings)
        checks += [*platform(endpoints), *agreeing(settings, endpoints.database_url)]
        note = ""
    except NothingRuns as error:
        note = f"{DOT} {error.message} {error.fix}"
    ill = sum([not await well(title, check) for title, check in checks])
    if note:
        out.print(note, soft_wrap=True)
    return ill


async def well(title: str, check: Check) -> bool:
    try:
        if (waiting := check()) is not None:
            await waiting
    except SetupError as error:
        out.print(f"{CROSS} {title}: {escape(error.message)}", soft_wrap=True)
        out.print(f"  {escape(error.fix)}", soft_wrap=True)
        return False
    out.print(f"{TICK} {title}")
    return True


def machine(settings: Settings) -> list[tuple[str, Check]]:
    return [
        ("Postgres is installed", lambda: there(postgres.BINARIES / "postgres")),
        ("NATS is installed", lambda: there(nats.binary())),
        ("the local model is installed", model_weights),
        ("the data folder can be written", lambda: writable(settings.data_dir)),
        (f"{FREE_GIB} GiB of disk are free", lambda: room(settings.data_dir)),
    ]


def platform(endpoints: Endpoints) -> list[tuple[str, Check]]:
    checks: list[tuple[str, Check]] = [
        ("Postgres: version, durability, pgvector", lambda: check_postgres(endpoints.database_url)),
        ("the schema is this version's", lambda: schema(endpoints.database_url)),
        ("the projections are this version's", lambda: current(endpoints.database_url)),
        ("NATS: version, JetStream", lambda: check_nats(endpoints.nats_url)),
    ]
    if monitor := endpoints.nats_monitor_url:
        checks.append(("NATS syncs every message", lambda: nats_check.assert_durable(monitor)))
    return checks


def there(file: Path) -> None:
    if not file.exists():
        raise Missing(f"{file} is missing.", REINSTALL)


def model_weights() -> None:
    try:
        weights()
    except (StopIteration, ModuleNotFoundError) as error:
        raise Missing("the model's file is missing.", REINSTALL) from error


def writable(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / ".probe"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise Missing(f"{folder}: {error.strerror}.", "Choose another folder with --data.") from error


def room(folder: Path) -> None:
    free = shutil.disk_usage(folder if folder.exists() else folder.parent).free / GIB
    if free < FREE_GIB:
        raise Missing(f"{free:.1f} GiB are free on the disk of {folder}.", "Make room, or use --data.")


async def schema(database_url: str) -> None:
    check_schema(newest(), await reading.schema_version(database_url))


async def current(database_url: str) -> None:
    async with reading.connected(database_url) as conn:
        if old := await outdated(conn, PROJECTIONS):
            raise ProjectionsOutdated(", ".join(projection.name for projection in old))
