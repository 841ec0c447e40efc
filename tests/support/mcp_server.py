"""An MCP server to use tools of: `python -m tests.support.mcp_server stdio`, or `http`."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import anyio
import uvicorn
from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from pydantic import BaseModel

server = MCPServer("tests")


class Sum(BaseModel):
    total: int


@server.tool()
def add(a: int, b: int) -> Sum:
    return Sum(total=a + b)


@server.tool(structured_output=False)
def shout(text: str) -> str:
    return text.upper()


@server.tool(structured_output=False)
def who() -> str:
    return str(os.getpid())


@server.tool()
def broken() -> str:
    raise RuntimeError("out of paper")


@server.tool(structured_output=False)
def repeat(text: str, times: int) -> str:
    return text * times


@server.tool(structured_output=False)
def die() -> str:
    os._exit(3)


@server.tool(structured_output=False)
async def hang(note: str) -> str:
    """Notes who it is before it does so."""
    await anyio.Path(note).write_text(str(os.getpid()))
    await anyio.sleep_forever()
    return ""


@server.tool(structured_output=False)
def authorization(ctx: Context[Any, Any]) -> str:
    return str((ctx.headers or {}).get("authorization"))


def serve_http() -> None:
    """Prints its address when it answers, and ends with its standard input."""
    listening = socket.create_server(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listening.getsockname()[1]}/mcp", flush=True)
    app = server.streamable_http_app()
    http = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
    threading.Thread(target=stop_with_input, args=(http,), daemon=True).start()
    http.run(sockets=[listening])


def stop_with_input(http: uvicorn.Server) -> None:
    sys.stdin.read()
    http.should_exit = True


@contextmanager
def mcp_over_http() -> Iterator[str]:
    command = [sys.executable, "-m", "tests.support.mcp_server", "http"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdin and process.stdout
        yield next(line.strip() for line in process.stdout if line.startswith("http"))
        process.stdin.close()


if __name__ == "__main__":
    serve_http() if sys.argv[1] == "http" else server.run(transport="stdio")
