"""The event sourcing library's Postgres recorder, taught our metadata, answers and claims.

Its default mode takes a table lock before positions are numbered: no reader can miss an event.
"""

from collections.abc import Sequence
from typing import Any

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg import Cursor
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow

from infra.eventstore.types import Batch, ClaimTaken, Row
from schemas.base import Claim

INSERT_EVENTS = """
INSERT INTO stored_events (originator_id, originator_version, topic, state, type_version,
    tenant_id, partner_id, actor, message_id, correlation_id, traceparent, recorded_at)
SELECT * FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::bytea[], %s::int[], %s::uuid[], %s::uuid[],
    %s::text[], %s::uuid[], %s::uuid[], %s::text[], %s::timestamptz[])
RETURNING notification_id"""

INSERT_COMMANDS = """
INSERT INTO commands (message_id, tenant_id, partner_id, type, input_hash, status, stream, version, refusal,
    recorded_at)
SELECT u.*, %s FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[],
    %s::text[], %s::bigint[], %s::text[]) AS u"""

INSERT_CLAIMS = """
INSERT INTO claims (kind, value, owner, tenant_id)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::uuid[]) ON CONFLICT DO NOTHING"""

FOREIGN_CLAIMS = """
SELECT w.kind, w.value, w.owner FROM unnest(%s::text[], %s::text[], %s::text[]) AS w (kind, value, owner)
JOIN claims c USING (kind, value) WHERE c.owner <> w.owner"""

LOCK_TIMEOUT_SECONDS = 10


def datastore(database_url: str, role: str, pool_size: int) -> PostgresDatastore:
    """A bounded pool whose sessions act as `role`. Database functions stay off: with them events get lost."""
    parts = conninfo_to_dict(database_url)
    store = PostgresDatastore(
        dbname=str(parts.get("dbname") or "postgres"),
        host=str(parts.get("host") or "127.0.0.1"),
        port=str(parts.get("port") or 5432),
        user=str(parts.get("user") or "postgres"),
        password=str(parts.get("password") or ""),
        pool_size=pool_size,
        lock_timeout=LOCK_TIMEOUT_SECONDS,
        idle_in_transaction_session_timeout=5,
        originator_id_type="text",
        enable_db_functions=False,
    )
    connection = store.pool.kwargs
    assert isinstance(connection, dict)
    connection["options"] = f"-c role={role}"
    return store


class Recorder(PostgresApplicationRecorder):
    """Writes a `Batch` in one transaction; the library gives the lock, the order and the retries."""

    def _insert_events(self, curs: Cursor[DictRow], stored_events: Sequence[StoredEvent], **kw: Any) -> None:
        batch: Batch = kw["batch"]
        curs.execute(INSERT_COMMANDS, (batch.recorded_at, *command_columns(batch)))
        if batch.claims:
            self._take_claims(curs, [claim for claim, _ in batch.claims], batch)

    def _take_claims(self, curs: Cursor[DictRow], claims: list[Claim], batch: Batch) -> None:
        kinds, values, owners = ([c[i] for c in claims] for i in range(3))
        curs.execute(INSERT_CLAIMS, (kinds, values, owners, [tenant for _, tenant in batch.claims]))
        curs.execute(FOREIGN_CLAIMS, (kinds, values, owners))
        taken = [Claim(row["kind"], row["value"], row["owner"]) for row in curs.fetchall()]
        if taken:
            raise ClaimTaken(taken)

    def _insert_stored_events(
        self, curs: Cursor[DictRow], stored_events: Sequence[StoredEvent], **kw: Any
    ) -> None:
        self._lock_table(curs)
        curs.execute(INSERT_EVENTS, event_columns(kw["batch"].rows))


def event_columns(rows: Sequence[Row]) -> tuple[list[Any], ...]:
    return (
        [r.stream for r in rows],
        [r.version for r in rows],
        [r.type for r in rows],
        [r.data for r in rows],
        [r.type_version for r in rows],
        [r.tenant_id for r in rows],
        [r.partner_id for r in rows],
        [r.actor for r in rows],
        [r.message_id for r in rows],
        [r.correlation_id for r in rows],
        [r.traceparent for r in rows],
        [r.recorded_at for r in rows],
    )


def command_columns(batch: Batch) -> tuple[list[Any], ...]:
    decided = batch.decided
    return (
        [d.answer.message_id for d in decided],
        [d.tenant_id for d in decided],
        [d.partner_id for d in decided],
        [d.type for d in decided],
        [d.input_hash for d in decided],
        [d.answer.status for d in decided],
        [d.answer.stream for d in decided],
        [d.answer.version for d in decided],
        [d.answer.refusal.model_dump_json() if d.answer.refusal else None for d in decided],
    )


def stored_events(rows: Sequence[Row]) -> list[StoredEvent]:
    return [StoredEvent(r.stream, r.version, r.type, r.data) for r in rows]
