"""An app under the real server, with the server's real settings, on a free port."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp

from api.serve import OPTIONS
from infra.embedded.ports import HOST


@dataclass(frozen=True)
class Served:
    port: int

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(HOST, self.port)

    async def say(self, *parts: bytes, pause: float = 0.0) -> bytes:
        """Everything that is answered until the server ends the connection, which ends what is said too."""
        reader, writer = await self.open()
        answer = asyncio.create_task(_all_of(reader))
        for part in parts:
            if answer.done():
                break
            writer.write(part)
            await asyncio.sleep(pause)
        try:
            return await answer
        finally:
            writer.close()


async def _all_of(reader: asyncio.StreamReader) -> bytes:
    """To the end, which is a reset where the server closes on somebody who still sends."""
    answer = b""
    with suppress(ConnectionResetError):
        while part := await reader.read(65536):
            answer += part
    return answer


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[Served]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="on", **OPTIONS))
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn offers no event
        await asyncio.sleep(0.005)
    try:
        yield Served(server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        await running
