"""From a tool's author to its use: the real wiring, a real HTTP server, and one secret."""

import asyncio
import json
import logging
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest

from contexts.execution.effects.use_tool import use_tool
from contexts.execution.tool_requests import build
from infra import telemetry
from infra.crypto.tenant_secrets import TenantSecrets
from infra.settings import Settings
from infra.tools.assembled import tools
from schemas.access import Role
from schemas.authoring.commands import RemoveSecret, SetSecret, SetTool
from schemas.authoring.events import ToolSet
from schemas.authoring.tools import HttpTool, ToolPin
from schemas.base import Command, TenantId
from schemas.envelope import Actor
from schemas.execution.commands import FailStep
from schemas.execution.events import ToolRequested
from tests.support.builders import NOW, PARTNER_ID, TENANT_ID, http_tool, recorded
from tests.support.harness import Harness
from tests.support.tool_server import Asked, ToolServer, answer, tool_server

MASTER = "a master key for tests"
VALUE = "sk-live-0123456789"
OTHER_TENANT = TenantId(UUID(int=77))


def author(tenant_id: TenantId = TENANT_ID) -> Actor:
    return Actor(kind="user", id="ann", role=Role.TENANT_ADMIN, partner_id=PARTNER_ID, tenant_id=tenant_id)


def set_secret(tenant_id: TenantId = TENANT_ID) -> SetSecret:
    sealed = TenantSecrets([MASTER]).seal(tenant_id, VALUE)
    return SetSecret(
        tenant_id=tenant_id, name="KEY", ciphertext=sealed.ciphertext, fingerprint=sealed.fingerprint
    )


def set_tool(url: str, tenant_id: TenantId = TENANT_ID) -> SetTool:
    definition = http_tool(
        url=f"{url}/orders/{{{{ arguments.id }}}}",
        headers={"Authorization": "Bearer {{ secrets.KEY }}"},
        query={"key": "{{ secrets.KEY }}"},
    )
    return SetTool(tenant_id=tenant_id, name="find_order", definition=definition)


def requested(definition: HttpTool) -> ToolRequested:
    return ToolRequested(
        execution_id=UUID(int=9),
        node="look",
        attempt=1,
        tool=ToolPin(name="find_order", hash="abc"),
        request=build(definition, {"id": "7"}),
        safe=True,
        timeout_seconds=20,
        due_at=NOW + timedelta(seconds=60),
    )


class Use:
    """The tool as a worker uses it."""

    def __init__(self, h: Harness, server: ToolServer) -> None:
        self.tools = tools(Settings(outbound_allow=server.place), MASTER, h.store, h.clock)
        self.wall_clock = h.clock

    async def once(self, h: Harness) -> Command:
        (event,) = [e for e in h.events(f"tool-{TENANT_ID}-find_order") if isinstance(e, ToolSet)]
        assert isinstance(event.definition, HttpTool)
        wanted = requested(event.definition)
        (told,) = await use_tool(wanted, recorded(wanted), self)
        return told


def everything(h: Harness) -> str:
    return "\n".join(row.data.decode() for row in h.store.after(0, 1000))


async def submit(h: Harness, command: Command, as_: Actor) -> str:
    answer = await asyncio.to_thread(h.submit, command, as_)
    return answer.refusal.code if answer.refusal else answer.status


async def test_a_secret_is_known_to_the_server_it_is_for_and_to_nobody_else(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    telemetry.take_over_libraries()
    h = Harness()
    async with tool_server() as server:
        server.reply = echo
        use = Use(h, server)
        assert await submit(h, set_secret(), author()) == "accepted"
        assert await submit(h, set_tool(server.url), author()) == "accepted"
        told = [await use.once(h)]
        server.reply = lambda asked: answer(401, asked.headers["authorization"].encode())
        told.append(await use.once(h))
    assert [asked.headers["authorization"] for asked in server.asked] == [f"Bearer {VALUE}"] * 2
    assert {asked.target for asked in server.asked} == {f"/orders/7?key={VALUE}"}
    captured = capfd.readouterr()
    for text in (*map(str, told), everything(h), caplog.text, captured.out, captured.err):
        assert VALUE not in text
    assert "Bearer ***" in str(told[0])


def echo(asked: Asked) -> bytes:
    return answer(200, json.dumps(asked.headers).encode(), content_type="application/json")


async def test_a_removed_secret_is_not_used(caplog: pytest.LogCaptureFixture) -> None:
    h = Harness()
    async with tool_server() as server:
        await submit(h, set_secret(), author())
        await submit(h, set_tool(server.url), author())
        await submit(h, RemoveSecret(tenant_id=TENANT_ID, name="KEY"), author())
        told = await Use(h, server).once(h)
    assert isinstance(told, FailStep)
    assert (told.error.code, server.asked) == ("tool.unknown_secret", [])


async def test_a_tool_needs_its_secrets_and_only_its_own_tenants_count() -> None:
    h = Harness()
    assert await submit(h, set_secret(OTHER_TENANT), author(OTHER_TENANT)) == "accepted"
    assert await submit(h, set_tool("https://shop.example"), author()) == "authoring.invalid_tool"
    assert await submit(h, set_secret(), author()) == "accepted"
    assert await submit(h, set_tool("https://shop.example"), author()) == "accepted"


async def test_a_key_that_changed_is_told_as_such() -> None:
    h = Harness()
    async with tool_server() as server:
        await submit(h, set_secret(), author())
        await submit(h, set_tool(server.url), author())
        use = Use(h, server)
        use.tools = tools(Settings(outbound_allow=server.place), "another key", h.store, h.clock)
        told = await use.once(h)
    assert isinstance(told, FailStep)
    assert (told.error.code, server.asked) == ("tool.unreadable_secret", [])


async def test_a_store_that_is_away_is_no_lost_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    h = Harness()
    async with tool_server() as server:
        await submit(h, set_secret(), author())
        await submit(h, set_tool(server.url), author())

        def away(after: object) -> None:
            raise psycopg.OperationalError("no connection to postgres://hb:pw@db")

        with monkeypatch.context() as patched:
            use = Use(h, server)
            (event,) = [e for e in h.events(f"tool-{TENANT_ID}-find_order") if isinstance(e, ToolSet)]
            assert isinstance(event.definition, HttpTool)
            wanted = requested(event.definition)
            patched.setattr(h.store, "streams", away)
            (told,) = await use_tool(wanted, recorded(wanted), use)
    assert isinstance(told, FailStep)
    assert (told.error.code, told.error.retryable) == ("tool.secrets_unavailable", True)
    assert (told.error.lost, "pw" in told.error.message, server.asked) == (False, False, [])
