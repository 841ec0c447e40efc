"""Gauges of this process, read every few seconds: how much waits where."""

import structlog
from nats.js import JetStreamContext
from psycopg_pool import AsyncConnectionPool

from bus.relay import Relay
from bus.repeating import repeatedly
from bus.streams import COMMANDS, EVENTS, REACTIONS, durables
from infra import metrics
from infra.audit.canonical import SEALED
from projections.lag import Lag, lag

EVERY_SECONDS = 5.0

RELAY_LAG = """
SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(recorded_at)), 0)::float8 FROM (
    SELECT recorded_at FROM stored_events WHERE notification_id > %s ORDER BY notification_id LIMIT 100000
) AS waiting"""

UNSEALED = f"""
SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(recorded_at)), 0)::float8 FROM (
    SELECT recorded_at FROM stored_events
    WHERE notification_id > coalesce((SELECT position FROM audit_leaves ORDER BY audit_seq DESC LIMIT 1), 0)
    AND {SEALED} ORDER BY notification_id LIMIT 100000
) AS waiting"""

CALLS_UNKNOWN = "SELECT count(*) FROM holds WHERE status = 'unknown'"

log = structlog.get_logger(__name__)


class Monitor:
    def __init__(self, js: JetStreamContext, pool: AsyncConnectionPool, relay: Relay) -> None:
        self._js, self._pool, self._relay = js, pool, relay

    async def watch_relay(self) -> None:
        """For the process that relays: its own lag, and the queues of everybody."""
        await repeatedly(self._queues_and_relay, EVERY_SECONDS, "gauges")

    async def watch_projections(self) -> None:
        await repeatedly(self._projections, EVERY_SECONDS, "gauges")

    async def watch_sealer(self) -> None:
        await repeatedly(self._unsealed, EVERY_SECONDS, "gauges")

    async def _queues_and_relay(self) -> None:
        for stream in (COMMANDS, REACTIONS, EVENTS):
            for consumer in await durables(self._js, stream):
                metrics.QUEUE_DEPTH.labels(consumer.name).set(consumer.num_pending or 0)
        if self._relay.leading:
            async with self._pool.connection() as conn:
                row = await (await conn.execute(RELAY_LAG, (self._relay.position,))).fetchone()
            events, seconds = row or (0, 0.0)
            metrics.RELAY_LAG_EVENTS.set(events)
            metrics.RELAY_LAG_SECONDS.set(seconds)

    async def _unsealed(self) -> None:
        """Whoever seals: this is looked at in every process that might."""
        async with self._pool.connection() as conn:
            row = await (await conn.execute(UNSEALED)).fetchone()
        entries, seconds = row or (0, 0.0)
        metrics.SEALER_LAG_ENTRIES.set(entries)
        metrics.SEALER_LAG_SECONDS.set(seconds)

    async def _projections(self) -> None:
        async with self._pool.connection() as conn:
            found = await lag(conn)
            unknown = await (await conn.execute(CALLS_UNKNOWN)).fetchone()
        for one in found:
            show(one)
        metrics.CALLS_UNKNOWN.set(unknown[0] if unknown else 0)
        metrics.PROJECTIONS_STOPPED.set(sum(one.status == "stopped" for one in found))


def show(found: Lag) -> None:
    metrics.PROJECTION_LAG_EVENTS.labels(found.name).set(found.events)
    metrics.PROJECTION_LAG_SECONDS.labels(found.name).set(found.seconds)
    if found.status == "stopped":
        log.error("projection stopped", projection=found.name, error=found.error)
