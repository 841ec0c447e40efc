"""Answers without end have one when who follows them may not any more, and say why."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx2
import pytest

from api.routes import audit
from infra.crypto.tokens import Tokens
from projections.standing.queries import Change
from tests.api.fakes import parse_sse
from tests.api.run import LONGEST_SECONDS, Run
from tests.api.test_service_keys import key_for
from tests.api.test_tenant_life import held
from tests.api.world import RING, World

Ending = Callable[[World, httpx2.AsyncClient], Awaitable[Any]]
RUN, LEDGER = "a run", "the ledger"


async def signs_out(world: World, client: httpx2.AsyncClient) -> None:
    assert (await client.post("/auth/logout")).status_code < 300


async def is_suspended(world: World, client: httpx2.AsyncClient) -> None:
    held(world, "suspended")


async def loses_the_role(world: World, client: httpx2.AsyncClient) -> None:
    about = UUID(world.anna.id), world.tenant
    world.reads.changes.append(Change("member", *about, "", datetime.now(UTC), len(world.reads.changes) + 1))


PEOPLE: list[tuple[Ending, int, str]] = [
    (signs_out, 401, "auth.stale_token"),
    (loses_the_role, 401, "auth.stale_token"),
    (is_suspended, 403, "tenancy.tenant_suspended"),
]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "FOLLOW_SECONDS", 0.005)


@pytest.fixture
def run(world: World) -> Run:
    """It goes on, and something is sealed."""
    world.audit.seal(world.tenant, "mine:answer:1")
    run = Run(world)
    run.start()
    return run


async def last_word(run: Run, client: httpx2.AsyncClient, stream: str, ending: Ending) -> Any:
    """What is told at the end, to somebody who followed before."""
    path = run.path if stream == RUN else "/audit/ledger/stream?follow=true"
    following = asyncio.create_task(client.get(path))
    await asyncio.sleep(0.05)
    assert not following.done()
    await ending(run.world, client)
    run.world.seconds += 1.0
    run.step("later")
    text = (await asyncio.wait_for(following, LONGEST_SECONDS)).text
    assert "later" not in text
    if stream == LEDGER:
        entry, last = map(json.loads, text.splitlines())
        assert entry["seq"] == 0
        return last["problem"]
    *_, frame = parse_sse(text)
    assert frame["event"] == "problem"
    return json.loads(frame["data"])


@pytest.mark.parametrize("stream", [RUN, LEDGER])
@pytest.mark.parametrize(("ending", "status", "code"), PEOPLE)
async def test_who_may_no_longer_hears_no_more(
    run: Run, stream: str, ending: Ending, status: int, code: str
) -> None:
    async with run.world.client(await run.world.signed_in(run.world.anna)) as client:
        told = await last_word(run, client, stream, ending)
    assert (told["status"], told["code"]) == (status, code)
    assert told["type"].endswith(code)
    assert run.world.live.listening == []


@pytest.mark.parametrize("stream", [RUN, LEDGER])
async def test_nor_does_a_program_whose_key_was_revoked(run: Run, stream: str) -> None:
    scopes = ["executions:read", "audit:read"]
    account, id_, key = await key_for(run.world, role="tenant_admin", scopes=scopes)

    async def revoked(world: World, client: httpx2.AsyncClient) -> None:
        async with world.client(world.anna) as anna:
            assert (await anna.delete(f"/service-accounts/{account}/keys/{id_}")).status_code == 200

    async with run.world.client(None, **{"X-API-Key": key}) as program:
        assert (await last_word(run, program, stream, revoked))["code"] == "auth.revoked_key"


async def test_an_access_token_that_runs_out_ends_nothing(run: Run) -> None:
    world = run.world
    world.tokens = Tokens(RING, now=world.time)
    world.app = world.build()
    async with world.client(world.anna) as client:
        following = asyncio.create_task(client.get(run.path))
        await run.listened_to()
        world.seconds += 3600.0
        assert (await client.get("/executions")).json()["code"] == "auth.expired_token"
        run.end()
        assert parse_sse((await following).text)[-1]["event"].endswith("succeeded")
