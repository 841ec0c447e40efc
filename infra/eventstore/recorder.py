"""The event sourcing library's Postgres recorder, taught our metadata, answers and claims.

Its default mode takes a table lock before positions are numbered: no reader can miss an event.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg import Connection, Cursor
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow
from pydantic_core import to_json

from infra.eventstore.types import Batch, ClaimTaken, Decided, Row
from schemas.base import Claim

# One JSON parameter per statement: it is encoded and parsed faster than one array per column.
INSERT_EVENTS = """
INSERT INTO stored_events (originator_id, originator_version, topic, state, type_version,
    tenant_id, partner_id, actor, message_id, correlation_id, traceparent, recorded_at)
SELECT r.stream, r.version, r.type, convert_to(r.data, 'UTF8'), r.type_version,
    r.tenant_id, r.partner_id, r.actor, r.message_id, r.correlation_id, r.traceparent, r.recorded_at
FROM json_to_recordset(%s::json) AS r (stream text, version bigint, type text, data text, type_version int,
    tenant_id uuid, partner_id uuid, actor text, message_id uuid, correlation_id uuid, traceparent text,
    recorded_at timestamptz)
RETURNING notification_id"""

INSERT_COMMANDS = """
INSERT INTO commands (message_id, tenant_id, partner_id, type, input_hash, status, stream, version, refusal,
    recorded_at)
SELECT r.*, %s FROM json_to_recordset(%s::json) AS r (message_id uuid, tenant_id uuid, partner_id uuid,
    type text, input_hash text, status text, stream text, version bigint, refusal text)"""

INSERT_CLAIMS = """
INSERT INTO claims (kind, value, owner, tenant_id)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::uuid[]) ON CONFLICT DO NOTHING"""

FOREIGN_CLAIMS = """
SELECT w.kind, w.value, w.owner FROM unnest(%s::text[], %s::text[], %s::text[]) AS w (kind, value, owner)
JOIN claims c USING (kind, value) WHERE c.owner <> w.owner"""

LOCK_TIMEOUT_SECONDS = 10
ROW_FIELDS = tuple(field.name for field in fields(Row))


class Datastore(PostgresDatastore):
    @contextmanager
    def get_connection(self) -> Iterator[Connection[DictRow]]:
        """A connection that saw an error is not used again.

        In a pipeline psycopg takes statements for prepared that the server never saw or has dropped, and
        then refuses every later use of them.
        """
        with super().get_connection() as conn:
            try:
                yield conn
            except BaseException:
                conn.close()
                raise


def datastore(database_url: str, role: str, pool_size: int) -> PostgresDatastore:
    """A bounded pool whose sessions act as `role`. Database functions stay off: with them events get lost."""
    parts = conninfo_to_dict(database_url)
    store = Datastore(
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
        curs.execute(INSERT_COMMANDS, (batch.recorded_at, json_of(map(command_row, batch.decided))))
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
        curs.execute(INSERT_EVENTS, (json_of(map(event_row, kw["batch"].rows)),))


def event_row(row: Row) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ROW_FIELDS}


def command_row(decided: Decided) -> dict[str, Any]:
    answer = decided.answer
    return {
        "message_id": answer.message_id,
        "tenant_id": decided.tenant_id,
        "partner_id": decided.partner_id,
        "type": decided.type,
        "input_hash": decided.input_hash,
        "status": answer.status,
        "stream": answer.stream,
        "version": answer.version,
        "refusal": answer.refusal.model_dump_json() if answer.refusal else None,
    }


def json_of(rows: Iterable[dict[str, Any]]) -> str:
    return to_json(list(rows)).decode()


def stored_events(rows: Sequence[Row]) -> list[StoredEvent]:
    return [StoredEvent(r.stream, r.version, r.type, r.data) for r in rows]
