"""What the roles of one worker process share, and how it is made and ended."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from psycopg_pool import AsyncConnectionPool

from bus.aborts import Ends
from bus.broker import Bus, connected
from bus.checkpoints import Checkpoints
from bus.failures import PATIENT, Patience
from bus.heartbeat import Heartbeat, beating
from bus.monitor import Monitor
from bus.publisher import Submitter
from bus.relay import Relay
from bus.streams import ensure_streams
from infra import telemetry
from infra.db.pools import ERASER, VAULT, WORKER, async_pool
from infra.eventstore.postgres import PostgresEventStore
from infra.providers.catalog import Catalog, chat_model
from infra.settings import Settings


@dataclass(frozen=True)
class Parts:
    """What the roles of one process share."""

    settings: Settings
    database_url: str
    bus: Bus
    heartbeat: Heartbeat
    ends: Ends
    patience: Patience
    store: PostgresEventStore
    pool: AsyncConnectionPool
    vault: AsyncConnectionPool
    eraser: AsyncConnectionPool
    submitter: Submitter
    chat: Catalog
    relay: Relay
    monitor: Monitor
    closing: AsyncExitStack


@asynccontextmanager
async def parts(settings: Settings, patience: Patience = PATIENT) -> AsyncIterator[Parts]:
    database_url, nats_url = settings.database_url, settings.nats_url
    if not database_url or not nats_url:
        raise SystemExit("a worker needs HB_DATABASE_URL and HB_NATS_URL; `./justw up` sets them for you")
    async with AsyncExitStack() as stack:
        stack.push_async_callback(telemetry.flush)
        bus = await stack.enter_async_context(connected(nats_url, "worker"))
        await ensure_streams(bus.js)
        heartbeat = await stack.enter_async_context(beating(nats_url, patience.ack_wait))
        store = PostgresEventStore(database_url)
        stack.callback(store.close)
        pool = await stack.enter_async_context(async_pool(database_url, WORKER, max_size=4))
        vault = await stack.enter_async_context(async_pool(database_url, VAULT, 0, 2))
        eraser = await stack.enter_async_context(async_pool(database_url, ERASER, 0, 1))
        chat = providers(settings)
        stack.push_async_callback(chat.aclose)
        submitter = Submitter(bus.nc)
        await submitter.start()
        publisher = Relay(bus.nc, bus.js, store, Checkpoints(bus.js, database_url))
        monitor = Monitor(bus.js, pool, publisher)
        yield Parts(
            settings=settings,
            database_url=database_url,
            bus=bus,
            heartbeat=heartbeat,
            ends=Ends(),
            patience=patience,
            store=store,
            pool=pool,
            vault=vault,
            eraser=eraser,
            submitter=submitter,
            chat=chat,
            relay=publisher,
            monitor=monitor,
            closing=stack,
        )


def providers(settings: Settings) -> Catalog:
    key = settings.openai_api_key
    return chat_model(
        key.get_secret_value() if key else None, settings.openai_base_url, settings.local_model_url
    )


def now() -> datetime:
    return datetime.now(UTC)
