"""Addresses of our own network, wherever a tenant may name a URL that we ask."""

from typing import Any

import httpx2
import pytest

from infra.addresses import Allowed, allow_list
from infra.outbound import Outbound
from infra.tools.http import HttpTools
from infra.tools.mcp import McpTools
from infra.tools.servers import Servers
from schemas.execution.tool_error import ToolError
from schemas.execution.types import HttpRequest, McpRequest
from tests.api.attacks.routes import DOCUMENT
from tests.api.world import World, problem
from tests.support.builders import TENANT_ID

INSIDE = [
    *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0", "localhost", "localhost."),
    *("10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "169.254.169.254", "2852039166", "0xa9fea9fe"),
    *("[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:a9fe:a9fe]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"),
    *("[fe80::1]", "[fd00:ec2::254]", "[fec0::1]", "[::127.0.0.1]", "168.63.129.16", "192.0.0.192"),
    *("①②⑦.⓪.⓪.①", "１２７.０.０.１", "127。0。0。1"),
]
DIALLED = {"HttpTool", "McpTool"}
"""Schemas with a URL that we ask. What joins them is dialled by `infra/outbound.py`, and named here."""


TOLD = {"TotpEnrolment", "Departing"}
"""Schemas of answers with a URL for people to follow."""


def url_fields() -> set[str]:
    """Schemas of the document with a field that is a URL, by its name or its form."""
    return {
        name
        for name, schema in DOCUMENT["components"]["schemas"].items()
        for field, form in schema.get("properties", {}).items()
        if {"url", "uri", "endpoint"} & set(field.lower().split("_")) or "https?" in str(form)
    }


def test_every_url_we_are_given_is_known_here() -> None:
    assert url_fields() == DIALLED | TOLD


REFUSED = {"tool.address_refused", "tool.connection", "tool.bad_request"}


@pytest.mark.parametrize("host", INSIDE)
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_an_http_tool_does_not_reach_inside(host: str, scheme: str) -> None:
    url = f"{scheme}://{host}/latest/meta-data"
    with pytest.raises(ToolError) as caught:
        await HttpTools(Outbound(Allowed())).run(asking(url), 5)
    assert_refused(caught.value)


@pytest.mark.parametrize("host", INSIDE)
async def test_an_mcp_tool_does_not_reach_inside(host: str) -> None:
    tools = McpTools(Outbound(Allowed()), Servers.parse("{}"))
    request = McpRequest(url=f"http://{host}/mcp", server=None, tool="x", headers={}, arguments={})
    try:
        with pytest.raises(ToolError) as caught:
            await tools.run(TENANT_ID, request, 5)
    finally:
        await tools.aclose()
    assert_refused(caught.value)


def asking(url: str) -> HttpRequest:
    return HttpRequest(method="GET", url=url, headers={}, query={}, body=None)


def assert_refused(error: ToolError) -> None:
    """Nothing was sent, and nothing of our network is told. Where no name is known, none is connected to."""
    assert error.code in REFUSED, (error.code, str(error))
    assert not error.lost
    assert not any(part in str(error) for part in ("127.0.0.1", "169.254", "10.0.0.1"))


URLS = [
    *("file:///etc/passwd", "gopher://127.0.0.1:6379/_x", "ftp://127.0.0.1/", "dict://127.0.0.1:11211/"),
    *("javascript:alert(1)", "//127.0.0.1/", "http:127.0.0.1", " http://127.0.0.1/", "HTTP://127.0.0.1/"),
]
TOOLS: dict[str, dict[str, Any]] = {
    "http": {"type": "http", "description": "x", "method": "GET"},
    "mcp": {"type": "mcp", "tool": "x"},
}


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("kind", TOOLS)
async def test_no_tool_has_a_url_that_is_not_http(world: World, url: str, kind: str) -> None:
    async with world.client(world.anna) as anna:
        response = await anna.put("/tools/probe", json={"definition": {**TOOLS[kind], "url": url}})
    told = problem(response, 422, "request.invalid")
    assert [found["path"] for found in told["problems"]] == ["definition.url"]


@pytest.mark.parametrize("url", URLS)
async def test_nor_is_one_asked(url: str) -> None:
    """An older definition, or one that became such a URL by its arguments."""
    with pytest.raises(ToolError) as caught:
        await HttpTools(Outbound(Allowed())).run(asking(url), 5)
    assert_refused(caught.value)


@pytest.mark.parametrize("url", ["http://shop.example@127.0.0.1/", "http://127.0.0.1#@shop.example/"])
async def test_the_host_is_what_is_connected_to(url: str) -> None:
    with pytest.raises(ToolError) as caught:
        await HttpTools(Outbound(Allowed())).run(asking(url), 5)
    assert_refused(caught.value)


class Rebinding:
    """A name that is elsewhere when it is asked first, and here after that."""

    def __init__(self) -> None:
        self.asked = 0

    async def __call__(self, host: str, port: int) -> list[str]:
        self.asked += 1
        return ["127.0.0.2"] if self.asked == 1 else ["127.0.0.1"]


async def test_a_name_is_asked_once_so_that_it_cannot_turn_inwards() -> None:
    """Port 1 of the first address refuses; the second answer would have been another."""
    names = Rebinding()
    with pytest.raises(httpx2.ConnectError):
        await Outbound(allow_list("127.0.0.2/32"), names).send("GET", "http://rebind.example:1/", 5)
    assert names.asked == 1
