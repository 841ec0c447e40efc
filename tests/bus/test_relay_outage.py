import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from nats.js import JetStreamContext

from bus.broker import connected
from bus.checkpoints import Checkpoints
from bus.relay import Relay
from bus.streams import EVENTS
from infra.embedded.nats import EmbeddedNats
from infra.eventstore.types import Batch, Row
from schemas.base import PLATFORM
from tests.support.builders import NOW
from tests.support.fakes.event_store import MemoryEventStore

EVENTS_STORED = 60
PATIENCE_SECONDS = 20.0
DATA = b'{"text": "%s"}' % (b"x" * 800)


class KillWhenRelayed(Checkpoints):
    """Called after each publication: kills NATS the moment it has acknowledged the last event."""

    def __init__(self, server: EmbeddedNats) -> None:
        self.server, self.killed = server, asyncio.Event()

    async def save_now_and_then(self, position: int, sequence: int) -> None:
        if position == EVENTS_STORED and not self.killed.is_set() and self.server.process:
            self.server.process.kill()
            self.server.process.wait()
            self.killed.set()

    async def refill_from(self, lost: bool) -> int:
        return 0


@pytest.fixture
async def own_nats() -> AsyncIterator[EmbeddedNats]:
    folder = Path(tempfile.mkdtemp(prefix="hb-nats-"))
    server = EmbeddedNats(folder / "nats", folder / "nats.log")
    await server.start()
    yield server
    await server.stop()
    shutil.rmtree(folder, ignore_errors=True)


def row(version: int) -> Row:
    ids = (uuid4(), uuid4())
    return Row("x-1", version, "a.b.c", 1, DATA, PLATFORM, None, "user:t", *ids, None, NOW)


async def test_what_nats_forgot_is_published_again_though_nothing_new_comes(own_nats: EmbeddedNats) -> None:
    """EVENTS is not synced to disk: a killed server forgets messages it has acknowledged."""
    store, killer = MemoryEventStore(), KillWhenRelayed(own_nats)
    store.commit(Batch(NOW, rows=[row(version) for version in range(1, EVENTS_STORED + 1)]))
    async with connected(own_nats.url, "test") as bus, asyncio.timeout(PATIENCE_SECONDS):
        running = asyncio.ensure_future(Relay(bus.nc, bus.js, store, killer).run())
        try:
            await killer.killed.wait()
            await own_nats.start()
            await all_there(bus.js)
        finally:
            running.cancel()


async def all_there(js: JetStreamContext) -> None:
    while (await js.stream_info(EVENTS)).state.messages < EVENTS_STORED:  # noqa: ASYNC110
        await asyncio.sleep(0.1)
