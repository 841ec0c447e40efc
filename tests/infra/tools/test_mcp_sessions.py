"""What is kept for the next use, for whom, and how it ends. The sessions are in memory."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest

from infra.tools.mcp_sessions import MOST_IDLE, Link, Sessions, Whose
from schemas.base import TenantId
from tests.bus.workers import listed

MINE, OTHER = TenantId(UUID(int=1)), TenantId(UUID(int=2))


class Client:
    def __init__(self, number: int) -> None:
        self.number, self.dead, self.session = number, False, self

    async def list_tools(self) -> None:
        if self.dead:
            raise ConnectionError


class Server:
    """Opens sessions and counts them."""

    def __init__(self) -> None:
        self.opened: list[Client] = []
        self.closed: list[int] = []

    @asynccontextmanager
    async def open(self, link: Link) -> AsyncIterator[Any]:
        client = Client(len(self.opened))
        self.opened.append(client)
        try:
            yield client
        finally:
            self.closed.append(client.number)


async def used(sessions: Sessions, server: Server, whose: Whose) -> int:
    async with sessions.session(whose, server.open) as session:
        client: Any = await session.opened()
        return int(client.number)


async def test_only_the_same_tenant_server_and_headers_share_a_session() -> None:
    sessions, server = Sessions(), Server()
    signed = (("authorization", "Bearer 1"),)
    each = [Whose(MINE, "a"), Whose(OTHER, "a"), Whose(MINE, "b"), Whose(MINE, "a", signed)]
    first = [await used(sessions, server, whose) for whose in each]
    assert first == [0, 1, 2, 3]
    assert [await used(sessions, server, whose) for whose in each] == first
    await sessions.aclose()
    assert sorted(server.closed) == first


async def test_two_uses_at_once_have_a_session_each() -> None:
    sessions, server = Sessions(), Server()
    async with sessions.session(Whose(MINE, "a"), server.open) as session:
        await session.opened()
        assert await used(sessions, server, Whose(MINE, "a")) == 1
    await sessions.aclose()


async def test_one_that_does_not_answer_is_dropped_and_made_again() -> None:
    sessions, server = Sessions(), Server()
    await used(sessions, server, Whose(MINE, "a"))
    server.opened[0].dead = True
    assert await used(sessions, server, Whose(MINE, "a")) == 1
    assert server.closed == [0]
    await sessions.aclose()


@pytest.mark.parametrize("error", [ValueError, asyncio.CancelledError])
async def test_one_in_which_something_went_wrong_is_not_kept(error: type[BaseException]) -> None:
    sessions, server = Sessions(), Server()
    with pytest.raises(error):
        async with sessions.session(Whose(MINE, "a"), server.open) as session:
            await session.opened()
            raise error
    assert server.closed == [0]
    assert await used(sessions, server, Whose(MINE, "a")) == 1
    await sessions.aclose()


async def test_one_that_cannot_be_opened_says_why() -> None:
    @asynccontextmanager
    async def refuse(link: Link) -> AsyncIterator[Any]:
        raise PermissionError("no")
        yield

    with pytest.raises(PermissionError, match="no"):
        async with Sessions().session(Whose(MINE, "a"), refuse) as session:
            await session.opened()


async def test_an_idle_one_is_closed_after_a_while() -> None:
    sessions, server = Sessions(idle_seconds=0.01), Server()
    await used(sessions, server, Whose(MINE, "a"))
    await listed(server.closed)
    assert server.closed == [0]


async def test_so_many_are_kept_and_no_more_the_oldest_goes_first() -> None:
    sessions, server = Sessions(), Server()
    for number in range(MOST_IDLE + 2):
        await used(sessions, server, Whose(MINE, str(number)))
    await listed(server.closed, 2)
    assert server.closed == [0, 1]
    await sessions.aclose()
    assert sorted(server.closed) == list(range(MOST_IDLE + 2))
