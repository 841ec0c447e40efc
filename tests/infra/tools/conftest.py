from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from datetime import UTC, datetime
from uuid import UUID

import pytest

from infra.addresses import allow_list
from infra.outbound import Outbound
from infra.tools.builtin import BuiltinTools
from infra.tools.http import HttpTools
from infra.tools.mcp import McpTools
from infra.tools.runner import Tools
from infra.tools.servers import Servers
from schemas.base import TenantId
from tests.support.mcp_server import mcp_over_http
from tests.support.tool_server import ToolServer, tool_server

TENANT = TenantId(UUID(int=1))
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


class Known:
    """Secrets of a tenant, in memory."""

    def __init__(self, **values: str) -> None:
        self._values = values

    async def values(self, tenant_id: TenantId, names: Collection[str]) -> Mapping[str, str]:
        return {name: self._values[name] for name in names}


def tools(allowed: str, servers: str | None = None, **secrets: str) -> Tools:
    outbound = Outbound(allow_list(allowed))
    mcp = McpTools(outbound, Servers.parse(servers))
    made = Tools(Known(**secrets), HttpTools(outbound), mcp, BuiltinTools(lambda: NOW))
    MADE.append(made)
    return made


MADE: list[Tools] = []


@pytest.fixture(autouse=True)
async def closed() -> AsyncIterator[None]:
    """What a test made is closed in the loop it was used in."""
    yield
    while MADE:
        await MADE.pop().aclose()


@pytest.fixture
async def server() -> AsyncIterator[ToolServer]:
    async with tool_server() as found:
        yield found


@pytest.fixture(scope="session")
def mcp_url() -> Iterator[str]:
    with mcp_over_http() as url:
        yield url
