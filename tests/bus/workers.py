"""Workers inside the test's process, and waiting for what they do."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

from bus.app import ROLES, works
from bus.ending import end
from bus.failures import Patience
from bus.parts import Parts, parts
from infra.settings import Settings

PATIENCE_SECONDS = 120.0
"""Only a test that fails waits so long: a busy machine is no defect."""

SHORT = Patience(tries=2, pauses=(0.05,), ack_wait=3)


@asynccontextmanager
async def worker(
    database_url: str, nats_url: str, roles: Sequence[str] = ROLES, **changes: Any
) -> AsyncIterator[Parts]:
    settings = Settings(database_url=database_url, nats_url=nats_url, **changes)
    async with parts(settings) as p, running(*(work() for work in works(p, roles))):
        yield p


@asynccontextmanager
async def running(*works: Coroutine[Any, Any, None] | Awaitable[None]) -> AsyncIterator[None]:
    """Runs them beside the block, and fails with the first that ends with a defect."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        yield
        ended = [task for task in tasks if task.done()]
        assert not ended, ended
    finally:
        await end(tasks)


async def until(condition: Callable[[], Awaitable[Any]], seconds: float = PATIENCE_SECONDS) -> Any:
    """What the condition gives as soon as it is true; the machine may be slow."""
    async with asyncio.timeout(seconds):
        while True:
            if found := await condition():
                return found
            await asyncio.sleep(0.05)


async def listed(items: Sequence[Any], count: int = 1) -> Any:
    """When there are so many."""

    async def enough() -> bool:
        return len(items) >= count

    return await until(enough)
