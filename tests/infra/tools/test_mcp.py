import asyncio
import json
import os
import signal
import sys
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from infra.outbound import MAX_RESPONSE_BYTES
from infra.tools.runner import Tools
from schemas.base import TenantId
from schemas.execution.tool_error import ToolError
from schemas.execution.types import McpRequest
from tests.bus.workers import until
from tests.infra.tools.conftest import TENANT, tools
from tests.support.tool_server import Asked, ToolServer, answer

SECONDS = 60.0
OTHER = TenantId(UUID(int=2))
COMMAND = [sys.executable, "-m", "tests.support.mcp_server", "stdio"]
SERVERS = json.dumps(
    {
        "tests": {"command": COMMAND, "tenants": "*"},
        "ours": {"command": COMMAND, "tenants": [str(TENANT)]},
        "theirs": {"command": COMMAND, "tenants": ["99999999-9999-4999-8999-999999999999"]},
        "missing": {"command": ["/nowhere/at/all"], "tenants": "*"},
    }
)
Place = tuple[Tools, dict[str, Any]]


@pytest.fixture(params=["http", "stdio"])
def place(request: pytest.FixtureRequest) -> Place:
    if request.param == "stdio":
        return tools("", SERVERS), {"server": "tests", "url": None}
    url = request.getfixturevalue("mcp_url")
    return tools(urlsplit(url).netloc), {"server": None, "url": url}


def using(tool: str, **changes: Any) -> McpRequest:
    defaults: dict[str, Any] = {"url": None, "server": None, "headers": {}, "arguments": {}}
    return McpRequest(**{**defaults, "tool": tool, **changes})


async def use(place: Place, tool: str, seconds: float = SECONDS, **arguments: Any) -> Any:
    runner, where = place
    return await runner.run(TENANT, using(tool, **where, arguments=arguments), seconds)


async def failing(place: Place, tool: str, seconds: float = SECONDS, **arguments: Any) -> ToolError:
    with pytest.raises(ToolError) as caught:
        await use(place, tool, seconds, **arguments)
    return caught.value


async def test_structured_content_is_preferred_to_text(place: Place) -> None:
    assert await use(place, "add", a=2, b=3) == {"total": 5}
    assert await use(place, "shout", text="hey") == "HEY"


async def test_a_tool_that_fails_is_a_bad_request(place: Place) -> None:
    error = await failing(place, "broken")
    assert (error.code, error.error_class, error.lost) == ("tool.bad_request", "bad_request", False)
    assert "broken" in error.message
    assert (await failing(place, "no_such_tool")).code == "tool.bad_request"
    assert (await failing(place, "add", a="x")).code == "tool.bad_request"


async def test_a_large_answer_is_refused(place: Place) -> None:
    assert await use(place, "repeat", text="x", times=1000) == "x" * 1000
    error = await failing(place, "repeat", text="x", times=MAX_RESPONSE_BYTES + 1)
    assert (error.code, error.retryable, error.lost) == ("tool.response_too_large", False, False)


async def test_no_answer_in_time_leaves_the_outcome_unknown(mcp_url: str, tmp_path: Path) -> None:
    place = tools(urlsplit(mcp_url).netloc), {"url": mcp_url}
    error = await failing(place, "hang", 5.0, note=str(tmp_path / "pid"))
    assert (error.code, error.error_class, error.lost) == ("tool.timeout", "timeout", True)


async def test_a_process_serves_one_tenants_uses_and_no_others() -> None:
    runner = tools("", SERVERS)
    place = runner, {"server": "tests"}
    mine = [int(await use(place, "who")) for _ in range(2)]
    theirs = int(await runner.run(OTHER, using("who", server="tests"), SECONDS))
    assert mine[0] == mine[1] != theirs
    await runner.aclose()
    assert ended(mine[0]) and ended(theirs)


async def test_a_server_that_ended_while_nobody_used_it_is_started_again() -> None:
    place = tools("", SERVERS), {"server": "tests"}
    first = int(await use(place, "who"))
    os.kill(first, signal.SIGKILL)
    assert int(await use(place, "who")) != first


async def test_a_server_that_failed_a_use_is_not_used_again() -> None:
    place = tools("", SERVERS), {"server": "tests"}
    first = await use(place, "who")
    assert (await failing(place, "die")).lost
    assert await use(place, "who") != first


async def test_a_process_ends_with_a_use_that_is_broken_off(tmp_path: Path) -> None:
    """A worker that stops cancels what it is doing, as running out of time does."""
    note = tmp_path / "pid"
    place = tools("", SERVERS), {"server": "tests"}
    task = asyncio.create_task(use(place, "hang", note=str(note)))
    pid = int(await until(partial(asyncio.to_thread, text_of, note)))
    assert not ended(pid)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended(pid)


def text_of(file: Path) -> str:
    return file.read_text() if file.exists() else ""


def ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


async def test_a_server_that_dies_meanwhile_leaves_the_outcome_unknown() -> None:
    error = await failing((tools("", SERVERS), {"server": "tests"}), "die")
    assert (error.code, error.retryable, error.lost) == ("tool.connection", True, True)


async def test_a_server_is_for_the_tenants_it_is_listed_for() -> None:
    runner = tools("", SERVERS)
    assert await use((runner, {"server": "ours"}), "shout", text="a") == "A"
    for name in ("theirs", "unknown"):
        assert (await failing((runner, {"server": name}), "shout")).code == "tool.server_not_allowed"


async def test_a_server_that_cannot_be_started_is_no_connection() -> None:
    error = await failing((tools("", SERVERS), {"server": "missing"}), "shout")
    assert (error.code, error.error_class, error.lost) == ("tool.connection", "connection", False)
    assert "/nowhere" not in error.message


async def test_several_uses_at_once(place: Place) -> None:
    sums = await asyncio.gather(*(use(place, "add", a=n, b=n) for n in range(4)))
    assert sums == [{"total": 2 * n} for n in range(4)]


async def test_an_address_of_ours_is_refused(mcp_url: str) -> None:
    error = await failing((tools(""), {"url": mcp_url}), "shout", text="x")
    assert (error.code, error.retryable, error.lost) == ("tool.address_refused", False, False)


async def test_secrets_go_into_headers_and_do_not_come_back(mcp_url: str) -> None:
    runner = tools(urlsplit(mcp_url).netloc, KEY="very-secret-7")
    headers = {"Authorization": "Bearer {{ secrets.KEY }}"}
    request = using("authorization", url=mcp_url, headers=headers)
    assert await runner.run(TENANT, request, SECONDS) == "Bearer ***"


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [(401, "unauthorized", False), (429, "rate_limited", True), (503, "overloaded", True)],
)
async def test_a_status_has_its_class(
    server: ToolServer, caplog: pytest.LogCaptureFixture, status: int, code: str, retryable: bool
) -> None:
    def reply(asked: Asked) -> bytes:
        return answer(status, asked.headers["authorization"].encode(), content_type="application/json")

    server.reply = reply
    runner = tools(server.place, KEY="very-secret-7")
    request = using("add", url=f"{server.url}/mcp", headers={"Authorization": "{{ secrets.KEY }}"})
    with caplog.at_level("DEBUG"), pytest.raises(ToolError) as caught:
        await runner.run(TENANT, request, SECONDS)
    error = caught.value
    assert (error.code, error.retryable, error.lost) == (f"tool.{code}", retryable, False)
    assert "very-secret-7" not in f"{error!r}{caplog.text}"


async def test_a_redirect_is_not_followed(server: ToolServer) -> None:
    server.reply = lambda asked: answer(307, location="/elsewhere")
    error = await failing((tools(server.place), {"url": f"{server.url}/mcp"}), "add")
    assert error.code == "tool.redirected"
    assert {asked.target for asked in server.asked} == {"/mcp"}


async def test_what_is_no_mcp_server_is_no_connection_or_a_bad_request(server: ToolServer) -> None:
    server.reply = lambda asked: answer(200, b"very-secret-7", content_type="application/json")
    error = await failing((tools(server.place), {"url": f"{server.url}/mcp"}), "add")
    assert error.code in ("tool.connection", "tool.bad_request")
