import asyncio
import json
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import nats

from infra.embedded.nats import EmbeddedNats
from infra.embedded.nats_users import ADMIN, address_of
from infra.embedded.ports import HOST

SLOWER_THAN_NATS_LIKES = 2.5


@asynccontextmanager
async def running(data: Path) -> AsyncIterator[EmbeddedNats]:
    server = EmbeddedNats(data, data.with_name(data.name + ".log"))
    try:
        await server.start()
        yield server
    finally:
        await server.stop()


async def publish(url: str) -> int:
    """The stream's length after one more message."""
    client = await nats.connect(url)
    try:
        stream = client.jetstream()
        await stream.add_stream(name="KEPT", subjects=["kept.>"])
        return (await stream.publish("kept.x", b"1")).seq
    finally:
        await client.close()


async def test_messages_survive_a_stop_and_a_start(data_dir: Path) -> None:
    async with running(data_dir / "nats") as server:
        assert await server.healthy()
        assert await publish(server.url) == 1
        url = server.url
    async with running(data_dir / "nats") as server:
        assert server.url == url
        assert await publish(server.url) == 2


async def test_messages_survive_kill_9(data_dir: Path) -> None:
    async with running(data_dir / "nats") as server:
        assert await publish(server.url) == 1
        assert server.process
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
        assert not await server.healthy()
        await server.start()
        assert await publish(server.url) == 2


async def test_a_client_that_is_slow_to_say_who_it_is_is_waited_for(data_dir: Path) -> None:
    async with running(data_dir / "nats") as server:
        reader, writer = await asyncio.open_connection(HOST, server.ports[0])
        assert (await reader.readline()).startswith(b"INFO")
        await asyncio.sleep(SLOWER_THAN_NATS_LIKES)
        user, password = urlsplit(server.url).username, urlsplit(server.url).password
        who = {"user": user, "pass": password, "verbose": False, "lang": "test", "version": "1"}
        writer.write(f"CONNECT {json.dumps(who)}\r\nPING\r\n".encode())
        assert await reader.readline() == b"PONG\r\n"
        writer.close()


async def test_two_projects_run_side_by_side(data_dir: Path, nats_url: str) -> None:
    async with running(data_dir / "nats") as server:
        assert server.url != nats_url
        assert await publish(server.url) == 1


async def test_a_port_taken_by_another_program_is_chosen_anew(data_dir: Path) -> None:
    async with running(data_dir / "nats") as server:
        taken = server.ports[0]
    with socket.create_server(("127.0.0.1", taken)):
        async with running(data_dir / "nats") as server:
            assert server.ports[0] != taken
            assert await server.healthy()


async def test_it_listens_on_this_machine_only(nats_url: str) -> None:
    client = await nats.connect(nats_url)
    assert client._server_info["host"] == "127.0.0.1"
    assert client.max_payload == 8 * 1_048_576
    await client.close()


async def test_users_keep_their_passwords_from_start_to_start(data_dir: Path) -> None:
    async with running(data_dir / "nats") as server:
        url = server.url
        assert address_of(data_dir / "nats", url, ADMIN) == url
    async with running(data_dir / "nats") as server:
        assert server.url == url
