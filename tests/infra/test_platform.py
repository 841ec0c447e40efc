import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest

from infra.embedded.backends import Endpoints, Platform, PortTaken
from infra.embedded.errors import AlreadyRunning
from infra.embedded.leftovers import alive_after
from infra.embedded.lock import DataLock
from infra.embedded.supervisor import Progress
from infra.settings import Settings


def quiet(step: Progress) -> None:
    pass


@contextmanager
def child(data_dir: Path) -> Iterator[tuple[subprocess.Popen[bytes], str, list[int]]]:
    """A platform in another process, its database and its children."""
    command = [sys.executable, "-m", "tests.infra.platform_child", str(data_dir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout
            url, *pids = process.stdout.readline().decode().split()
            yield process, url, [int(pid) for pid in pids]
        finally:
            process.kill()


def gone(pids: list[int], within_seconds: float = 15.0) -> bool:
    return not alive_after([psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)], within_seconds)


async def test_kill_9_of_the_supervisor_leaves_nothing_behind_and_loses_nothing(data_dir: Path) -> None:
    with child(data_dir) as (supervisor, url, pids):
        assert len(pids) == 3
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE kept (number int)")
        with pytest.raises(AlreadyRunning) as refusal:
            DataLock(data_dir).acquire()
        assert refusal.value.pid == supervisor.pid
        supervisor.kill()
        # At once, while the servers are still on their way out.
        with child(data_dir) as (_, again, _):
            assert gone(pids)
            with psycopg.connect(again) as connection:
                connection.execute("SELECT number FROM kept")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_stop_signal_stops_everything(data_dir: Path, number: signal.Signals) -> None:
    with child(data_dir) as (supervisor, _, pids):
        supervisor.send_signal(number)
        assert supervisor.wait(20) == 0
        assert gone(pids, 0)
    assert not (data_dir / "postgres" / "postmaster.pid").exists()


async def test_servers_named_in_the_settings_are_used_instead(data_dir: Path) -> None:
    settings = Settings(
        data_dir=data_dir,
        database_url="postgresql://db/x",
        nats_url="nats://n:4222",
        nats_monitor_url="http://n:8222",
        local_model_url="http://m",
    )
    async with Platform(settings, quiet) as platform:
        assert await platform.start_postgres() == "postgresql://db/x"
        assert await platform.start_nats() == ("nats://n:4222", "http://n:8222")
        assert await platform.start_model() == "http://m"
        assert platform.supervisor.services == []


async def test_children_get_the_endpoints_as_settings(data_dir: Path) -> None:
    platform = Platform(Settings(data_dir=data_dir), quiet)
    program = platform.program("api", Endpoints("postgresql://db/x", "nats://n", None, None), "m")
    assert program.environment
    assert program.environment["HB_DATABASE_URL"] == "postgresql://db/x"
    assert program.environment["HB_DATA_DIR"] == str(data_dir)
    assert "HB_NATS_MONITOR_URL" not in program.environment
    assert program.environment["PATH"] == os.environ["PATH"]


async def test_a_taken_api_port_is_named(data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        platform = Platform(Settings(data_dir=data_dir, api_port=port), quiet)
        with pytest.raises(PortTaken, match=str(port)):
            platform.api_port()


async def test_leaving_the_platform_frees_the_folder(data_dir: Path) -> None:
    for _ in range(2):
        async with Platform(Settings(data_dir=data_dir), quiet):
            await asyncio.sleep(0)
