"""The connection to NATS: FastStream keeps it alive and closes it, nats-py carries the hot loops."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from faststream.nats import NatsBroker
from nats.aio.client import DEFAULT_INBOX_PREFIX, Client
from nats.js import JetStreamContext

from bus import subjects
from infra.embedded.nats_users import user_of

PENDING_BYTES = 32 * 1024 * 1024
"""What may wait in memory while NATS is away; more is refused to the caller."""


@dataclass(frozen=True)
class Bus:
    nc: Client
    js: JetStreamContext


@asynccontextmanager
async def connected(nats_url: str, name: str) -> AsyncIterator[Bus]:
    broker = NatsBroker(
        nats_url,
        name=name,
        inbox_prefix=inbox_prefix(nats_url),
        max_reconnect_attempts=-1,
        reconnect_time_wait=1,
        pending_size=PENDING_BYTES,
        graceful_timeout=5,
    )
    nc = await broker.connect()
    try:
        yield Bus(nc, nc.jetstream(timeout=10))
    finally:
        await broker.stop()


def inbox_prefix(nats_url: str) -> str:
    """A user's own; a server that asks for no user gives everybody the usual one."""
    user = user_of(nats_url)
    return subjects.inbox(user) if user else DEFAULT_INBOX_PREFIX.decode()
