"""`hb demo money`: a Postgres to throw away, the story, and one line that says whether it is true."""

import asyncio
import secrets
import shutil
from pathlib import Path

from cryptography.fernet import Fernet

from api.cli.demo.money.stage import Size, staged
from api.cli.demo.money.story import Outcome, tell
from api.cli.look import out
from api.cli.options import settings_for
from api.cli.telling import ending
from bus.prepare import prepare
from infra.audit.keys import stored_keys
from infra.embedded.lock import DataLock
from infra.embedded.postgres import EmbeddedPostgres
from infra.settings import Settings

FOLDER = "demo-money"
MOST_SEEDS = 10**6


def demo(data: Path | None, to: Path, seed: int | None) -> int:
    """The exit code."""
    settings = settings_for((data or settings_for().data_dir) / FOLDER)
    return ending.told("MONEY", told(settings, to, secrets.randbelow(MOST_SEEDS) if seed is None else seed))


async def told(settings: Settings, to: Path, seed: int) -> Outcome:
    out.print(f"[name]HireBuddha[/]  [quiet]three months of money, told by seed {seed}[/]")
    lock = DataLock(settings.data_dir)
    lock.acquire()
    server = EmbeddedPostgres(settings.data_dir / "postgres", settings.data_dir / "postgres.log")
    try:
        shutil.rmtree(server.data, ignore_errors=True)
        await server.start()
        return await played(server.url, settings.audit_origin, to, seed, Size())
    finally:
        await server.stop()
        shutil.rmtree(server.data, ignore_errors=True)
        lock.release()


async def played(url: str, origin: str, to: Path, seed: int, size: Size) -> Outcome:
    """On an empty database. The papers go to the folder `to`, over those of an earlier telling."""
    await prepare(url)
    master = Fernet.generate_key().decode()
    keys = await asyncio.to_thread(stored_keys, url, master, origin)
    await asyncio.to_thread(to.mkdir, parents=True, exist_ok=True)
    async with staged(url, master, keys, to, seed, size) as stage:
        return await tell(stage)
