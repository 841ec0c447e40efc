"""The event store on Postgres: one round trip to load a batch, one transaction to write it."""

import zlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from eventsourcing.persistence import IntegrityError

from infra.eventstore.payloads import whole
from infra.eventstore.recorder import Recorder, datastore, stored_events
from infra.eventstore.types import Batch, ClaimTaken, Conflict, Decided, Place, Row, Snapshot
from schemas.base import TenantId
from schemas.envelope import Answer, Refusal

EVENT_COLUMNS = """e.originator_id, e.originator_version, e.topic, e.type_version, e.state, e.tenant_id,
    e.partner_id, e.actor, e.message_id, e.correlation_id, e.traceparent, e.recorded_at, e.notification_id"""

STREAMS = f"""
SELECT {EVENT_COLUMNS} FROM unnest(%s::text[], %s::bigint[]) AS wanted (stream, above)
CROSS JOIN LATERAL (SELECT * FROM stored_events WHERE originator_id = wanted.stream
    AND originator_version > wanted.above ORDER BY originator_version) AS e"""

AFTER = f"""
SELECT {EVENT_COLUMNS} FROM stored_events e WHERE notification_id > %s ORDER BY notification_id LIMIT %s"""

EVENT = f"""
SELECT {EVENT_COLUMNS} FROM stored_events e WHERE originator_id = %s AND originator_version = %s"""

ANSWERS = """
SELECT c.*, coalesce(e.notification_id, 0) AS position FROM commands c
LEFT JOIN stored_events e ON e.originator_id = c.stream AND e.originator_version = c.version
WHERE c.message_id = ANY(%s)"""

PREVIOUS = """
SELECT coalesce(max(notification_id), 0) AS position FROM stored_events WHERE notification_id < %s"""

# LIMIT keeps the planner to one index probe in one partition per payload.
PAYLOADS = """
SELECT w.*, p.content FROM unnest(%s::uuid[], %s::date[], %s::text[]) AS w (tenant_id, month, hash)
CROSS JOIN LATERAL (SELECT content FROM payloads
    WHERE (hash, tenant_id, month) = (w.hash, w.tenant_id, w.month) LIMIT 1) AS p"""

CLAIM_EFFECTS = """
INSERT INTO effect_claims (effect, event_ref, tenant_id, claimed_by)
SELECT u.*, %s FROM unnest(%s::text[], %s::text[], %s::uuid[]) AS u
ON CONFLICT DO NOTHING RETURNING event_ref"""

SAVE_SNAPSHOT = """
INSERT INTO snapshots (stream, version, shape, tenant_id, state) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (stream) DO UPDATE SET version = excluded.version, shape = excluded.shape, state = excluded.state
WHERE snapshots.version < excluded.version OR snapshots.shape <> excluded.shape"""


class PostgresEventStore:
    """Implements `EventStore`. `role` is the database role its sessions act as."""

    def __init__(self, database_url: str, role: str = "hb_worker", pool_size: int = 8) -> None:
        self.datastore = datastore(database_url, role, pool_size)
        self.recorder = Recorder(self.datastore)

    def close(self) -> None:
        self.datastore.close()

    def streams(self, after: Mapping[str, int]) -> Sequence[Row]:
        if not after:
            return []
        found = self._select(STREAMS, (list(after), list(after.values())))
        return whole([event_row(row) for row in found], self.payloads)

    def load(
        self, message_ids: Sequence[UUID], after: Mapping[str, int]
    ) -> tuple[Mapping[UUID, Decided], Sequence[Row]]:
        if not message_ids:
            return {}, self.streams(after)
        with self.datastore.get_connection() as conn, conn.pipeline(), conn.cursor() as known:
            known.execute(ANSWERS, (list(message_ids),), prepare=True)
            with conn.cursor() as events:
                events.execute(STREAMS, (list(after), list(after.values())), prepare=True)
                rows = [event_row(row) for row in events.fetchall()]
            answers = {row["message_id"]: decided(row) for row in known.fetchall()}
        return answers, whole(rows, self.payloads)

    def snapshots(self, streams: Sequence[str]) -> Sequence[Snapshot]:
        rows = self._select("SELECT * FROM snapshots WHERE stream = ANY(%s)", (list(streams),))
        return [Snapshot(r["stream"], r["version"], r["shape"], r["tenant_id"], r["state"]) for r in rows]

    def commit(self, batch: Batch) -> Sequence[int]:
        try:
            return self.recorder.insert_events(stored_events(batch.rows), batch=batch) or []
        except IntegrityError as error:
            if batch.claims and (taken := self.recorder.foreign_claims(batch)):
                raise ClaimTaken(taken) from error
            raise Conflict(str(error)) from error

    def save_snapshots(self, snapshots: Sequence[Snapshot]) -> None:
        with self.datastore.get_connection() as conn:
            for s in snapshots:
                conn.execute(SAVE_SNAPSHOT, (s.stream, s.version, s.shape, s.tenant_id, s.state))

    def event(self, stream: str, version: int) -> Row:
        rows = self._select(EVENT, (stream, version))
        if not rows:
            raise LookupError(f"no event {stream}@{version}")
        return whole([event_row(rows[0])], self.payloads)[0]

    def after(self, position: int, limit: int) -> Sequence[Row]:
        return [event_row(row) for row in self._select(AFTER, (position, limit))]

    def payloads(self, places: Collection[Place]) -> Mapping[Place, bytes]:
        columns = [list(column) for column in zip(*places, strict=True)] or [[], [], []]
        with self.datastore.get_connection() as conn:
            rows = conn.execute(PAYLOADS, columns, binary=True).fetchall()
        return {Place(r["tenant_id"], r["month"], r["hash"]): zlib.decompress(r["content"]) for r in rows}

    def previous(self, position: int) -> int:
        return int(self._select(PREVIOUS, (position,))[0]["position"])

    def claim_effects(self, keys: Sequence[tuple[str, str, TenantId]], worker: str) -> frozenset[str]:
        effects, refs, tenants = ([key[i] for key in keys] for i in range(3))
        return frozenset(
            row["event_ref"] for row in self._select(CLAIM_EFFECTS, (worker, effects, refs, tenants))
        )

    def _select(self, statement: str, params: Sequence[Any]) -> list[dict[str, Any]]:
        with self.datastore.get_connection() as conn:
            return conn.execute(statement, params).fetchall()


def event_row(row: dict[str, Any]) -> Row:
    return Row(
        stream=row["originator_id"],
        version=row["originator_version"],
        type=row["topic"],
        type_version=row["type_version"],
        data=row["state"],
        tenant_id=row["tenant_id"],
        partner_id=row["partner_id"],
        actor=row["actor"],
        message_id=row["message_id"],
        correlation_id=row["correlation_id"],
        traceparent=row["traceparent"],
        recorded_at=row["recorded_at"],
        position=row["notification_id"],
    )


def decided(row: dict[str, Any]) -> Decided:
    refusal = Refusal.model_validate_json(row["refusal"]) if row["refusal"] else None
    answer = Answer(
        message_id=row["message_id"],
        status=row["status"],
        stream=row["stream"],
        version=row["version"],
        position=row["position"],
        refusal=refusal,
    )
    return Decided(answer, row["input_hash"], row["type"], row["tenant_id"], row["partner_id"])
