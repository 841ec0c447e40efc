"""The event sourcing library's Postgres recorder, taught our metadata, answers and claims.

As in its default mode, a table lock taken before positions are numbered lets no reader miss an event.
"""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from eventsourcing.persistence import InterfaceError, OperationalError, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from eventsourcing.utils import retry
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow
from pydantic_core import to_json

from infra.eventstore.payloads import month_of
from infra.eventstore.types import Batch, Decided, OwnedPayload, Row
from schemas.base import Claim, TenantId

# Rows as one JSON parameter per table: encoded and parsed faster than one array per column.
APPEND = "SELECT append_batch(%s, %s, %s, %s, %s, %s, %b::bytea[], %s, %s) AS position"

FOREIGN_CLAIMS = """
SELECT w.*, c.owner AS holder FROM unnest(%s::text[], %s::text[], %s::text[]) AS w (kind, value, owner)
JOIN claims c USING (kind, value) WHERE c.owner <> w.owner"""

FASTEST = 1
"""Level of compression: the others gain 7 % at twice the time."""

LOCK_TIMEOUT_SECONDS = 10


class Datastore(PostgresDatastore):
    @contextmanager
    def get_connection(self) -> Iterator[Connection[DictRow]]:
        """A connection that saw an error is not used again."""
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
    connection["options"] = f"-c role={role} -c lock_timeout={LOCK_TIMEOUT_SECONDS}s"
    return store


class Recorder(PostgresApplicationRecorder):
    """Writes a `Batch` in one statement, which is its transaction. The library would take one a row or a
    pipeline, and would notify; both cost more than the batch.
    """

    @retry((InterfaceError, OperationalError), max_attempts=10, wait=0.2)
    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int]:
        with self.datastore.get_connection() as conn:
            rows = conn.execute(APPEND, parameters(kwargs["batch"]), prepare=True).fetchall()
        return [row["position"] for row in rows]

    def foreign_claims(self, batch: Batch) -> list[Claim]:
        """The batch's claims on names of somebody else, in the store or earlier in the same batch."""
        owners: dict[tuple[str, str], str] = {}
        rivals = [
            claim
            for claim, _ in batch.claims
            if owners.setdefault((claim.kind, claim.value), claim.owner) != claim.owner
        ]
        with self.datastore.get_connection() as conn:
            rows = conn.execute(FOREIGN_CLAIMS, claim_columns(batch.claims)).fetchall()
        return [
            *rivals,
            *(
                Claim(row["kind"], row["value"], row["owner"])
                for row in rows
                if Claim(row["kind"], row["value"], row["holder"]) not in batch.released
            ),
        ]


def parameters(batch: Batch) -> tuple[Any, ...]:
    """Of APPEND. What there is nothing of is NULL."""
    payloads = {(owned.tenant_id, owned.payload.hash): owned for owned in batch.payloads}.values()
    return (
        batch.recorded_at,
        json_of(map(command_row, batch.decided)),
        json_of(claim._asdict() for claim in batch.released),
        json_of(map(claim_row, distinct(batch.claims))),
        month_of(batch.recorded_at),
        json_of(map(payload_row, payloads)),
        [zlib.compress(owned.payload.content, FASTEST) for owned in payloads],
        json_of(map(event_row, batch.rows)),
        only_read(batch),
    )


def only_read(batch: Batch) -> str | None:
    """Versions by stream. Those that are written say by their own versions what they follow."""
    written = {row.stream for row in batch.rows}
    read = {stream: version for stream, version in batch.read.items() if stream not in written}
    return to_json(read).decode() if read else None


def distinct(claims: Iterable[tuple[Claim, TenantId]]) -> list[tuple[Claim, TenantId]]:
    return list(dict(claims).items())


def claim_columns(claims: Sequence[tuple[Claim, TenantId]]) -> tuple[list[str], ...]:
    """Kinds, values, owners."""
    return tuple([str(part) for part in parts] for parts in zip(*(claim for claim, _ in claims), strict=True))


def claim_row(claimed: tuple[Claim, TenantId]) -> dict[str, Any]:
    claim, tenant_id = claimed
    return {**claim._asdict(), "tenant_id": tenant_id}


def payload_row(owned: OwnedPayload) -> dict[str, Any]:
    return {
        "hash": owned.payload.hash,
        "tenant_id": owned.tenant_id,
        "partner_id": owned.partner_id,
        "kind": owned.payload.kind,
        "bytes": len(owned.payload.content),
    }


def event_row(row: Row) -> dict[str, Any]:
    return row._asdict()


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


def json_of(rows: Iterable[dict[str, Any]]) -> str | None:
    found = list(rows)
    return to_json(found).decode() if found else None


def stored_events(rows: Sequence[Row]) -> list[StoredEvent]:
    return [StoredEvent(r.stream, r.version, r.type, r.data) for r in rows]
