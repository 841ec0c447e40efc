"""Work a process does now and then beside what it is asked for."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import structlog

log = structlog.get_logger()


@asynccontextmanager
async def every(seconds: float, work: Callable[[], Awaitable[object]], what: str) -> AsyncIterator[None]:
    """While the block runs. What fails, as when the database is away, is tried again the next time."""
    task = asyncio.create_task(again_and_again(seconds, work, what))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def again_and_again(seconds: float, work: Callable[[], Awaitable[object]], what: str) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except Exception as error:
            log.warning("not_done_this_time", what=what, error=repr(error))
