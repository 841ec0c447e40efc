"""MCP sessions, kept for the next use. Each is one tenant's, with one server, for one use at a time."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from infra.outbound import GuardedTransport
from schemas.base import TenantId

if TYPE_CHECKING:
    from mcp import Client

IDLE_SECONDS = 60.0
MOST_IDLE = 8
"""Of all tenants together; beyond it the one that is idle for longest is closed."""

CHECK_SECONDS = 5.0
CLOSE_SECONDS = 5.0


class Whose(NamedTuple):
    """Nothing that differs in any of it shares a session. `headers` hold secrets already."""

    tenant_id: TenantId
    server: str
    headers: tuple[tuple[str, str], ...] = ()


@dataclass
class Link:
    """`transport` is there before `client`, which tells that the session is open."""

    transport: GuardedTransport | None = None
    client: "Client | None" = None


Open = Callable[[Link], AbstractAsyncContextManager["Client"]]


class Session:
    """Opened and closed by a task of its own: the SDK wants both from the same one."""

    def __init__(self, open_: Open) -> None:
        self.link = Link()
        self._over = asyncio.Event()
        self._open = asyncio.get_running_loop().create_future()
        self._open.add_done_callback(lambda opened: opened.cancelled() or opened.exception())
        self._task = asyncio.create_task(self._live(open_))

    async def _live(self, open_: Open) -> None:
        try:
            async with open_(self.link) as self.link.client:
                self._open.set_result(None)
                await self._over.wait()
        except Exception as error:
            if not self._open.done():
                self._open.set_exception(error)

    async def opened(self) -> "Client":
        await asyncio.shield(self._open)
        assert self.link.client
        return self.link.client

    async def answers(self) -> bool:
        """A server may have ended, or forgotten the session, while nobody used it: it is dropped then."""
        alive = False
        try:
            with suppress(Exception):
                async with asyncio.timeout(CHECK_SECONDS):
                    await (await self.opened()).session.list_tools()
                    alive = True
        finally:
            if not alive:
                await self.drop()
        return alive

    async def close(self) -> None:
        self._over.set()
        await asyncio.wait({self._task}, timeout=CLOSE_SECONDS)
        await self.drop()

    async def drop(self) -> None:
        """At once, whatever it is doing."""
        self._task.cancel()
        await asyncio.wait({self._task})


class Sessions:
    def __init__(self, idle_seconds: float = IDLE_SECONDS) -> None:
        self._idle_seconds = idle_seconds
        self._idle: OrderedDict[Session, tuple[Whose, asyncio.TimerHandle]] = OrderedDict()
        self._closing: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def session(self, whose: Whose, open_: Open) -> AsyncIterator[Session]:
        """One that is idle and answers, or a new one. It is kept only when all went well with it."""
        session = await self._kept(whose) or Session(open_)
        try:
            yield session
        except BaseException:
            await session.drop()
            raise
        self._keep(whose, session)

    async def aclose(self) -> None:
        for session in tuple(self._idle):
            self._retire(session)
        await asyncio.gather(*self._closing)

    async def _kept(self, whose: Whose) -> Session | None:
        for session, (of, timer) in self._idle.items():
            if of == whose:
                timer.cancel()
                del self._idle[session]
                return session if await session.answers() else None
        return None

    def _keep(self, whose: Whose, session: Session) -> None:
        timer = asyncio.get_running_loop().call_later(self._idle_seconds, self._retire, session)
        self._idle[session] = (whose, timer)
        if len(self._idle) > MOST_IDLE:
            self._retire(next(iter(self._idle)))

    def _retire(self, session: Session) -> None:
        if known := self._idle.pop(session, None):
            known[1].cancel()
            task = asyncio.create_task(session.close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)
