import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest

from infra.embedded.postgres import SOCKET_PATH_LIMIT, EmbeddedPostgres, socket_dir
from tests.support.servers import FreshDatabase


@asynccontextmanager
async def running(data: Path) -> AsyncIterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(data, data.with_name(data.name + ".log"))
    try:
        await server.start()
        yield server
    finally:
        await server.stop()


def write(url: str, number: int) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (number int)")
        connection.execute("INSERT INTO kept VALUES (%s)", (number,))


def read(url: str) -> list[int]:
    with psycopg.connect(url) as connection:
        return [number for (number,) in connection.execute("SELECT number FROM kept ORDER BY 1")]


def shown(url: str, setting: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT current_setting(%s)", (setting,)).fetchone()
    assert row
    return str(row[0])


async def test_data_survives_a_stop_and_a_start(data_dir: Path) -> None:
    for number in (1, 2):
        async with running(data_dir / "postgres") as server:
            assert await server.healthy()
            write(server.url, number)
        assert not server.alive()
    async with running(data_dir / "postgres") as server:
        assert read(server.url) == [1, 2]


async def test_committed_data_survives_kill_9(data_dir: Path) -> None:
    async with running(data_dir / "postgres") as server:
        write(server.url, 1)
        assert server.process
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
        assert (server.data / "postmaster.pid").exists()
        assert not await server.healthy()
        await server.start()
        assert read(server.url) == [1]


async def test_a_busy_backend_does_not_block_the_restart(data_dir: Path) -> None:
    async with running(data_dir / "postgres") as server:
        busy = await psycopg.AsyncConnection.connect(server.url)
        query = asyncio.create_task(busy.execute("SELECT count(*) FROM generate_series(1, 1000000000000)"))
        await asyncio.sleep(0.1)
        assert server.process
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
        await server.start()
        assert await server.healthy()
        with pytest.raises(psycopg.OperationalError):
            await query
        await busy.close()


async def test_a_stale_pid_file_naming_a_living_stranger_does_no_harm(data_dir: Path) -> None:
    async with running(data_dir / "postgres") as server:
        url = server.url
    (data_dir / "postgres" / "postmaster.pid").write_text(
        f"{os.getpid()}\n{data_dir}/postgres\n0\n5432\n\n\n"
    )
    async with running(data_dir / "postgres") as server:
        assert server.url == url
        assert await server.healthy()


async def test_a_half_made_cluster_is_made_again(data_dir: Path) -> None:
    (data_dir / "postgres.new").mkdir()
    (data_dir / "postgres.new" / "PG_VERSION").write_text("18\n")
    async with running(data_dir / "postgres") as server:
        assert await server.healthy()


async def test_two_projects_run_side_by_side(data_dir: Path, postgres_url: str) -> None:
    async with running(data_dir / "postgres") as server:
        assert server.url != postgres_url
        write(server.url, 7)
        assert read(server.url) == [7]


def test_a_commit_is_on_disk_before_it_is_answered(postgres_url: str) -> None:
    assert shown(postgres_url, "fsync") == "on"
    assert shown(postgres_url, "synchronous_commit") == "on"
    assert shown(postgres_url, "full_page_writes") == "on"


def test_no_network_port_is_opened(postgres_url: str) -> None:
    assert shown(postgres_url, "listen_addresses") == ""


def test_only_the_owner_may_enter_the_socket_folder(postgres_url: str) -> None:
    folder = Path(postgres_url.split("host=")[1])
    assert folder.stat().st_mode & 0o077 == 0


def test_vectors_can_be_stored(fresh_database: FreshDatabase) -> None:
    with psycopg.connect(fresh_database("vectors")) as connection:
        connection.execute("CREATE EXTENSION vector")
        assert connection.execute("SELECT '[1,2]'::vector <-> '[1,4]'").fetchone() == (2.0,)


def test_a_fresh_database_is_empty_each_time(fresh_database: FreshDatabase) -> None:
    write(fresh_database("again"), 1)
    write(fresh_database("again"), 2)
    assert read(fresh_database("copied", template="again")) == [2]


def test_a_path_too_long_for_a_socket_gets_a_short_one() -> None:
    deep = Path("/var") / ("x" * SOCKET_PATH_LIMIT) / "postgres"
    assert len(str(socket_dir(deep))) < SOCKET_PATH_LIMIT
    assert socket_dir(deep) != socket_dir(deep.with_name("other"))


async def test_a_server_works_below_a_long_path(data_dir: Path) -> None:
    async with running(data_dir / ("x" * SOCKET_PATH_LIMIT) / "postgres") as server:
        assert await server.healthy()
        server.socket_dir.chmod(0o755)
        await server.stop()
        await server.start()
        assert server.socket_dir.stat().st_mode & 0o077 == 0
    server.socket_dir.rmdir()
