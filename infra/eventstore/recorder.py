"""The event sourcing library's Postgres recorder, taught our metadata, answers and claims.

Its default mode takes a table lock before positions are numbered: no reader can miss an event.
"""

import select
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg import Connection, Cursor
from psycopg.conninfo import conninfo_to_dict
from psycopg.errors import PipelineAborted
from psycopg.rows import DictRow
from pydantic_core import to_json

from infra.eventstore.payloads import month_of
from infra.eventstore.types import Batch, Decided, OwnedPayload, Row
from schemas.base import Claim, TenantId

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

# A name its owner holds already is left alone; another owner's breaks the primary key and the transaction.
INSERT_CLAIMS = """
INSERT INTO claims (kind, value, owner, tenant_id)
SELECT w.* FROM unnest(%s::text[], %s::text[], %s::text[], %s::uuid[]) AS w (kind, value, owner, tenant_id)
WHERE NOT EXISTS (SELECT FROM claims c WHERE (c.kind, c.value, c.owner) = (w.kind, w.value, w.owner))"""

FOREIGN_CLAIMS = """
SELECT w.kind, w.value, w.owner FROM unnest(%s::text[], %s::text[], %s::text[]) AS w (kind, value, owner)
JOIN claims c USING (kind, value) WHERE c.owner <> w.owner"""

# Sorted, so that two writers of the same payloads wait for each other in one direction only.
INSERT_PAYLOADS = """
INSERT INTO payloads (month, hash, tenant_id, partner_id, kind, bytes, content)
SELECT %s, w.* FROM unnest(%s::text[], %s::uuid[], %s::uuid[], %s::text[], %s::int[], %b::bytea[])
    AS w (hash, tenant_id, partner_id, kind, bytes, content)
ORDER BY hash, tenant_id ON CONFLICT DO NOTHING"""

FASTEST = 1
"""Level of compression: the others gain 7 % at twice the time."""

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
            except PipelineAborted as error:
                conn.close()
                raise what_aborted(error) from None
            except BaseException:
                conn.close()
                raise


def what_aborted(error: PipelineAborted) -> BaseException:
    """Leaving a pipeline psycopg may raise that its later statements were not done, over why.

    A conflict would pass for an outage then, and be waited out.
    """
    reason: BaseException = error
    while isinstance(reason, PipelineAborted) and reason.__context__ is not None:
        reason = reason.__context__
    return reason


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
        if claims := distinct(batch.claims):
            curs.execute(INSERT_CLAIMS, claim_columns(claims))
        if batch.payloads:
            curs.execute(INSERT_PAYLOADS, (month_of(batch.recorded_at), *payload_columns(batch.payloads)))
        flush(curs.connection)

    def foreign_claims(self, batch: Batch) -> list[Claim]:
        """The batch's claims on names of somebody else, in the store or earlier in the same batch."""
        owners: dict[tuple[str, str], str] = {}
        rivals = [
            claim
            for claim, _ in batch.claims
            if owners.setdefault((claim.kind, claim.value), claim.owner) != claim.owner
        ]
        with self.datastore.get_connection() as conn:
            rows = conn.execute(FOREIGN_CLAIMS, claim_columns(batch.claims)[:3]).fetchall()
        return [*rivals, *(Claim(row["kind"], row["value"], row["owner"]) for row in rows)]

    def _insert_stored_events(
        self, curs: Cursor[DictRow], stored_events: Sequence[StoredEvent], **kw: Any
    ) -> None:
        self._lock_table(curs)
        curs.execute(INSERT_EVENTS, (json_of(map(event_row, kw["batch"].rows)),))
        flush(curs.connection)


def flush(conn: Connection[DictRow]) -> None:
    """In a pipeline psycopg sends what the socket takes at once, and then waits for answers for ever."""
    writable = select.poll()
    writable.register(conn.pgconn.socket, select.POLLOUT)
    while conn.pgconn.flush():
        writable.poll()


def distinct(claims: Iterable[tuple[Claim, TenantId]]) -> list[tuple[Claim, TenantId]]:
    return list(dict(claims).items())


def claim_columns(claims: Sequence[tuple[Claim, TenantId]]) -> tuple[list[Any], ...]:
    return (
        [claim.kind for claim, _ in claims],
        [claim.value for claim, _ in claims],
        [claim.owner for claim, _ in claims],
        [tenant_id for _, tenant_id in claims],
    )


def payload_columns(payloads: Iterable[OwnedPayload]) -> Iterator[list[Any]]:
    once = {(owned.tenant_id, owned.payload.hash): owned for owned in payloads}.values()
    yield [owned.payload.hash for owned in once]
    yield [owned.tenant_id for owned in once]
    yield [owned.partner_id for owned in once]
    yield [owned.payload.kind for owned in once]
    yield [len(owned.payload.content) for owned in once]
    yield [zlib.compress(owned.payload.content, FASTEST) for owned in once]


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
