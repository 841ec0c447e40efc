"""What NATS refuses, asked of a real server that was told who may do what."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from uuid import uuid4

import nats as nats_py
import pytest
from nats.aio.client import Client

from bus import permissions, subjects
from bus.broker import Bus, connected
from bus.live import DeltaSink, LiveFeed
from bus.permissions import API, AUDITOR, DECIDE, REACT, USERS, WORKER
from bus.streams import COMMANDS, DEAD_LETTERS, STREAMS
from infra.embedded.nats import EmbeddedNats
from infra.embedded.nats_users import ADMIN
from infra.embedded.ports import HOST
from schemas.base import TenantId

TENANT = TenantId(uuid4())
SOON = 5.0
LAST = "nobody.but.the.admin"

Do = Callable[[Client, str], Awaitable[None]]

SAMPLES = {
    "commands": subjects.command("a.b.c", TENANT, "s-1"),
    "reactions": subjects.reaction("a.b.c", TENANT, "s-1"),
    "events": subjects.event("execution.b.c", TENANT, "s-1"),
    "live": subjects.live(TENANT, "s-1"),
    "dead letters": subjects.dead_letter("x", "cmd.x"),
    "redo": subjects.redo("x", "t"),
    "sealed entries": subjects.LEDGER_ENTRIES,
    "committed": subjects.COMMITTED,
    "answers": f"{subjects.inbox(API)}.x.1",
    "acknowledgements": "$JS.ACK.EVENTS.x.1.1.1.1.1",
}
MAY_PUBLISH = {
    API: {"commands"},
    DECIDE: {"reactions", "events", "dead letters", "committed", "answers", "acknowledgements"},
    REACT: {"reactions", "live", "dead letters", "sealed entries", "acknowledgements"},
    WORKER: set(SAMPLES) - {"commands", "redo"},
    AUDITOR: set[str](),
    ADMIN: set(SAMPLES),
}
MAY_HEAR = {
    API: {"events", "answers"},
    DECIDE: {"committed"},
    REACT: {"events"},
    WORKER: {"events", "committed"},
    AUDITOR: set[str](),
    ADMIN: set(SAMPLES),
}
PURGES = {DECIDE: {COMMANDS}, REACT: {DEAD_LETTERS}, WORKER: {COMMANDS, DEAD_LETTERS}}
"""What is decided, and what a tenant that is erased left."""

CHANGES = ("STREAM.DELETE.{}", "STREAM.PURGE.{}", "STREAM.MSG.DELETE.{}", "CONSUMER.DELETE.{}.x")


async def allowed(nats: EmbeddedNats, user: str, wanted: Sequence[str], do: Do) -> set[str]:
    """The server says in order what it refuses, and nothing of the rest; `LAST` it always refuses."""
    refused: list[str] = []
    last = asyncio.Event()

    async def note(error: Exception) -> None:
        refused.append(str(error).lower())
        if LAST in refused[-1]:
            last.set()

    nc = await nats_py.connect(nats.url_of(user), error_cb=note)
    try:
        for subject in [*wanted, LAST]:
            await do(nc, subject)
        if user != ADMIN:
            await asyncio.wait_for(last.wait(), SOON)
        await nc.flush()
    finally:
        await nc.close()
    return {subject for subject in wanted if not any(f'"{subject.lower()}"' in told for told in refused)}


async def publish(nc: Client, subject: str) -> None:
    await nc.publish(subject, b"{}")


async def hear(nc: Client, subject: str) -> None:
    await nc.subscribe(subject)


@pytest.mark.parametrize("user", USERS)
async def test_each_publishes_and_hears_what_is_its_own(nats: EmbeddedNats, bus: Bus, user: str) -> None:
    names = {subject: name for name, subject in SAMPLES.items()}
    assert {names[found] for found in await allowed(nats, user, list(names), publish)} == MAY_PUBLISH[user]
    assert {names[found] for found in await allowed(nats, user, list(names), hear)} == MAY_HEAR[user]


@pytest.mark.parametrize("user", [user for user in USERS if user != ADMIN])
async def test_nobody_but_the_admin_takes_something_else_out(nats: EmbeddedNats, bus: Bus, user: str) -> None:
    wanted = [f"$JS.API.{verb}".format(stream.name) for stream in STREAMS for verb in CHANGES]
    purged = {f"$JS.API.STREAM.PURGE.{stream}" for stream in PURGES.get(user, ())}
    assert await allowed(nats, user, wanted, publish) == purged
    assert {info.config.name for info in await bus.js.streams_info()} == {stream.name for stream in STREAMS}


@pytest.mark.parametrize("user", [user for user in USERS if user != ADMIN])
async def test_nobody_hears_anothers_answers(nats: EmbeddedNats, user: str) -> None:
    others = [f"{subjects.inbox(other)}.>" for other in USERS if other != user]
    assert await allowed(nats, user, [*others, "_INBOX.>", ">"], hear) == set()
    own = f"{subjects.inbox(user)}.>"
    assert await allowed(nats, user, [own], hear) == {own}


async def test_an_edge_makes_consumers_on_nothing_but_live_text(nats: EmbeddedNats, bus: Bus) -> None:
    """A consumer delivers where its maker wants, so what it delivers must not be its maker's words."""
    wanted = [f"$JS.API.CONSUMER.CREATE.{stream.name}" for stream in STREAMS]
    assert await allowed(nats, API, wanted, publish) == {"$JS.API.CONSUMER.CREATE.LIVE"}
    assert "live" not in MAY_PUBLISH[API]


@pytest.mark.parametrize("said", [{}, {"user": API}, {"user": API, "pass": "guessed"}])
async def test_who_gives_no_password_is_refused(nats: EmbeddedNats, said: dict[str, str]) -> None:
    reader, writer = await asyncio.open_connection(HOST, nats.ports[0])
    try:
        writer.write(f"CONNECT {json.dumps(said)}\r\nPING\r\n".encode())
        answer = await asyncio.wait_for(reader.read(), SOON)
    finally:
        writer.close()
        await writer.wait_closed()
    assert b"Authorization Violation" in answer
    assert b"PONG" not in answer


def test_passwords_are_readable_by_their_owner_only(nats: EmbeddedNats) -> None:
    for name in ("users.json", "nats.conf"):
        assert (nats.data / name).stat().st_mode & 0o077 == 0
    assert nats.monitor_url.startswith("http://127.0.0.1:")


async def test_a_tenant_hears_its_own_run_and_no_others(nats: EmbeddedNats, bus: Bus) -> None:
    run, stranger = uuid4(), TenantId(uuid4())
    async with (
        connected(nats.url_of(API), "edge") as edge,
        connected(nats.url_of(REACT), "effects") as effects,
        LiveFeed(edge.nc, edge.js).subscribe(f"execution-{run}", TENANT) as mine,
        LiveFeed(edge.nc, edge.js).subscribe(f"execution-{run}", stranger) as theirs,
    ):
        await DeltaSink(effects.nc).open(TENANT, run, "draft", 1).write("hello")
        message = await asyncio.wait_for(mine.get(), SOON)
        await edge.nc.flush()
        assert (message.kind, message.data["text"]) == ("delta", "hello")
        assert theirs.empty()


@pytest.mark.parametrize(
    ("roles", "user"),
    [
        (("commands", "relay"), DECIDE),
        (("relay",), DECIDE),
        (("effects", "timers"), REACT),
        (("commands", "effects"), WORKER),
    ],
)
def test_a_process_connects_as_the_least_its_roles_need(roles: tuple[str, ...], user: str) -> None:
    assert permissions.worker(roles) == user
