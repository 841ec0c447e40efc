"""A tool of an MCP server, by HTTP or by stdio.

The SDK takes half a second to import: a worker that uses no MCP does without.
"""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import httpx2

from infra.outbound import MAX_RESPONSE_BYTES, Outbound, OutboundRefused
from infra.tools import failures
from infra.tools.http import wire_headers
from infra.tools.json_values import NotJson, size_of
from infra.tools.mcp_sessions import Link, Open, Sessions, Whose
from infra.tools.servers import Server, Servers
from schemas.base import TenantId
from schemas.execution.tool_error import ToolError
from schemas.execution.types import McpRequest

if TYPE_CHECKING:
    from mcp import Client
    from mcp.types import CallToolResult

PROCESSES = 8
"""In use at a time."""

CONNECTING_SECONDS = 20.0
# The SDK's errors quote what a server said, which may be a secret it was sent.
logging.getLogger("mcp").setLevel(logging.CRITICAL + 1)


@dataclass
class Use:
    """One use of a tool. `begun`: the tool itself may have been called."""

    request: McpRequest
    seconds: float
    link: Link = field(default_factory=Link)
    begun: bool = False


class McpTools:
    def __init__(self, outbound: Outbound, servers: Servers) -> None:
        self._outbound, self._servers = outbound, servers
        self._processes = asyncio.Semaphore(PROCESSES)
        self._sessions = Sessions()

    async def aclose(self) -> None:
        await self._sessions.aclose()

    async def run(self, tenant_id: TenantId, request: McpRequest, seconds: float) -> Any:
        """`request` holds its secrets already. The structured content if there is any, else the text."""
        use = Use(request, seconds)
        try:
            async with asyncio.timeout(seconds):
                result = await self._result(tenant_id, use)
        except ToolError:
            raise
        except TimeoutError:
            raise lost_if_begun(failures.timed_out(seconds), use) from None
        except Exception as error:
            raise lost_if_begun(failure(use, error), use) from None
        return output_of(result)

    async def _result(self, tenant_id: TenantId, use: Use) -> "CallToolResult":
        name = use.request.server
        if name is None:
            return await self._by_http(tenant_id, use)
        server = self._servers.find(name, tenant_id)
        if server is None:
            raise ToolError("tool.server_not_allowed", f"The MCP server {name!r} is not for this tenant.")
        async with self._processes:
            return await self._called(Whose(tenant_id, name), partial(by_stdio, server), use)

    async def _by_http(self, tenant_id: TenantId, use: Use) -> "CallToolResult":
        url, headers = use.request.url or "", use.request.headers
        whose = Whose(tenant_id, url, tuple(sorted(headers.items())))
        return await self._called(whose, partial(by_http, self._outbound, url, headers), use)

    async def _called(self, whose: Whose, open_: Open, use: Use) -> "CallToolResult":
        async with self._sessions.session(whose, open_) as session:
            use.link = session.link
            client = await session.opened()
            use.begun = True
            return await client.call_tool(use.request.tool, use.request.arguments)


@asynccontextmanager
async def by_http(
    outbound: Outbound, url: str, headers: Mapping[str, str], link: Link
) -> AsyncIterator["Client"]:
    from mcp import Client
    from mcp.client.streamable_http import streamable_http_client

    async with (
        outbound.client(CONNECTING_SECONDS, wire_headers(headers)) as (http, link.transport),
        Client(streamable_http_client(url, http_client=http)) as client,
    ):
        yield client


@asynccontextmanager
async def by_stdio(server: Server, link: Link) -> AsyncIterator["Client"]:
    from mcp import Client
    from mcp.client.stdio import StdioServerParameters, stdio_client

    command, *arguments = server.command
    parameters = StdioServerParameters(command=command, args=arguments)
    with nowhere() as errors:
        async with Client(stdio_client(parameters, errlog=errors)) as client:
            yield client


def nowhere() -> TextIO:
    """What servers print is the tenants' business, and not for our log."""
    return Path(os.devnull).open("w")


def failure(use: Use, error: Exception) -> ToolError:
    """What the transport saw says more than what the SDK makes of it."""
    from mcp import MCPError

    match use.link.transport.last if use.link.transport else None:
        case OutboundRefused() as refusal:
            return failures.of_refusal(refusal)
        case httpx2.HTTPError() as broken:
            return failures.of_transport(broken)
        case httpx2.Response() as response if response.status_code in (401, 403, 429):
            return failures.of_status(response.status_code, response.headers, "")
        case httpx2.Response() as response if response.status_code >= 500:
            return failures.of_status(response.status_code, response.headers, "")
    if isinstance(error, MCPError) and not closed(error):
        return ToolError("tool.bad_request", f"The MCP server refused: {error.message}")
    message = f"The MCP server cannot be talked to ({type(error).__name__})."
    return ToolError("tool.connection", message, retryable=True, lost=True, error_class="connection")


def closed(error: Any) -> bool:
    from mcp.types import CONNECTION_CLOSED

    return bool(error.code == CONNECTION_CLOSED)


def lost_if_begun(error: ToolError, use: Use) -> ToolError:
    error.lost = error.lost and use.begun
    return error


def output_of(result: "CallToolResult") -> Any:
    if result.is_error:
        raise ToolError("tool.bad_request", f"The tool failed: {text_of(result)}")
    output = text_of(result) if result.structured_content is None else result.structured_content
    try:
        size = size_of(output)
    except NotJson:
        message = "The tool's answer is no JSON that we can take."
        raise ToolError("tool.response_unreadable", message, error_class="invalid_output") from None
    if size > MAX_RESPONSE_BYTES:
        message = f"The tool's answer is larger than {MAX_RESPONSE_BYTES} bytes."
        raise ToolError("tool.response_too_large", message, error_class="invalid_output")
    return output


def text_of(result: "CallToolResult") -> str:
    """What is no text is named by its kind: models and templates have no use for it."""
    return "\n".join(getattr(part, "text", f"[{part.type}]") for part in result.content)
