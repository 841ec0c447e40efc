"""Writes the access log in batches. Who comes when it is full waits: nothing is left out."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from api import metrics
from infra.access_log.entries import Access

ROOM = 5_000
BATCH = 500
PAUSE_SECONDS = 0.2
"""The longest a line waits for others to be written with it."""

PATIENCE_SECONDS = 5.0
"""How long a request waits to be recorded, and what is queued has at the end."""

RETRY_SECONDS = 0.5

log = structlog.get_logger()


class AccessLogAway(Exception):
    """The request could not be recorded."""


@dataclass(frozen=True, slots=True)
class Line:
    entry: Access
    written: asyncio.Future[None] | None


class AccessWriter:
    def __init__(
        self,
        store: Callable[[Sequence[Access]], Awaitable[None]],
        room: int = ROOM,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._store = store
        self._patience = patience
        self._lines: asyncio.Queue[Line] = asyncio.Queue(room)
        self._wanted = asyncio.Event()

    async def put(self, entry: Access, until_written: bool = False) -> None:
        """Raises AccessLogAway when there is no room, or nothing is written, for too long."""
        written = asyncio.get_running_loop().create_future() if until_written else None
        try:
            async with asyncio.timeout(self._patience):
                if written is not None or self._lines.qsize() >= BATCH:
                    self._wanted.set()
                await self._lines.put(Line(entry, written))
                if written is not None:
                    await written
        except TimeoutError as error:
            raise AccessLogAway("the access log is not written") from error

    @asynccontextmanager
    async def running(self) -> AsyncIterator["AccessWriter"]:
        """At the end, what is queued is written, if it can be in time."""
        writing = asyncio.create_task(self._write())
        try:
            yield self
        finally:
            self._wanted.set()
            try:
                await asyncio.wait_for(self._lines.join(), self._patience)
            except TimeoutError:
                log.error("access_log_lost", entries=self._lines.qsize())
            writing.cancel()
            await asyncio.wait({writing})

    async def _write(self) -> None:
        while True:
            batch = await self._batch()
            await self._stored([line.entry for line in batch])
            for line in batch:
                if line.written is not None and not line.written.done():
                    line.written.set_result(None)
                self._lines.task_done()

    async def _batch(self) -> list[Line]:
        """What is there after a pause, which ends when somebody waits for it or the batch is full."""
        batch = [await self._lines.get()]
        if self._lines.qsize() < BATCH and batch[0].written is None:
            await self._pause()
        self._wanted.clear()
        while len(batch) < BATCH and not self._lines.empty():
            batch.append(self._lines.get_nowait())
        return batch

    async def _pause(self) -> None:
        try:
            await asyncio.wait_for(self._wanted.wait(), PAUSE_SECONDS)
        except TimeoutError:
            return

    async def _stored(self, lines: Sequence[Access]) -> None:
        """Again and again, while the queue fills up behind it: nobody is answered unrecorded."""
        while True:
            try:
                await self._store(lines)
            except Exception as error:
                metrics.ACCESS_LOG_FAILURES.inc()
                log.warning("access_log_not_written", error=repr(error), entries=len(lines))
                await asyncio.sleep(RETRY_SECONDS)
            else:
                metrics.ACCESS_LOG_ENTRIES.inc(len(lines))
                return
