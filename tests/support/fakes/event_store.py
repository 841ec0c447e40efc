"""An EventStore in memory. It passes the same conformance suite as the one on Postgres."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from threading import RLock
from uuid import UUID

from infra.eventstore.payloads import month_of, whole
from infra.eventstore.types import Batch, ClaimTaken, Conflict, Decided, Place, Row, Snapshot
from schemas.base import Claim, TenantId


class MemoryEventStore:
    """Positions have gaps where a batch failed, as those of Postgres do."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._rows: list[Row] = []
        self._streams: dict[str, list[Row]] = {}
        self._decided: dict[UUID, Decided] = {}
        self._claims: dict[tuple[str, str], str] = {}
        self.kept_snapshots: dict[str, Snapshot] = {}
        self._effects: dict[tuple[str, str], str] = {}
        self.contents: dict[Place, bytes] = {}
        self._last = 0

    def streams(self, after: Mapping[str, int]) -> Sequence[Row]:
        with self._lock:
            slim = [row for s, version in after.items() for row in self._streams.get(s, [])[version:]]
            return whole(slim, self.payloads)

    def load(
        self, message_ids: Sequence[UUID], after: Mapping[str, int]
    ) -> tuple[Mapping[UUID, Decided], Sequence[Row]]:
        with self._lock:
            answered = {id_: self._answered(id_) for id_ in message_ids if id_ in self._decided}
        return answered, self.streams(after)

    def snapshots(self, streams: Sequence[str]) -> Sequence[Snapshot]:
        with self._lock:
            return [self.kept_snapshots[stream] for stream in streams if stream in self.kept_snapshots]

    def commit(self, batch: Batch) -> Sequence[int]:
        with self._lock:
            self._require_new(batch)
            self._require_unchanged(batch)
            owners = self._owners(batch)
            rows = self._numbered(batch)
            self._decided.update((d.answer.message_id, d) for d in batch.decided)
            self._claims = owners
            for owned in batch.payloads:
                place = Place(owned.tenant_id, month_of(batch.recorded_at), owned.payload.hash)
                self.contents[place] = owned.payload.content
            self._rows.extend(rows)
            for row in rows:
                self._streams.setdefault(row.stream, []).append(row)
            return [row.position for row in rows]

    def save_snapshots(self, snapshots: Sequence[Snapshot]) -> None:
        with self._lock:
            for snapshot in snapshots:
                kept = self.kept_snapshots.get(snapshot.stream)
                if kept is None or kept.version < snapshot.version or kept.shape != snapshot.shape:
                    self.kept_snapshots[snapshot.stream] = snapshot

    def event(self, stream: str, version: int) -> Row:
        with self._lock:
            for row in self._streams.get(stream, []):
                if row.version == version:
                    return whole([row], self.payloads)[0]
        raise LookupError(f"no event {stream}@{version}")

    def after(self, position: int, limit: int) -> Sequence[Row]:
        with self._lock:
            return [row for row in self._rows if row.position > position][:limit]

    def payloads(self, places: Collection[Place]) -> Mapping[Place, bytes]:
        with self._lock:
            return {place: self.contents[place] for place in places if place in self.contents}

    def previous(self, position: int) -> int:
        with self._lock:
            return max((row.position for row in self._rows if row.position < position), default=0)

    def claim_effects(self, keys: Sequence[tuple[str, str, TenantId]], worker: str) -> frozenset[str]:
        with self._lock:
            mine = [(effect, ref) for effect, ref, _ in keys if (effect, ref) not in self._effects]
            self._effects.update(dict.fromkeys(mine, worker))
            return frozenset(ref for _, ref in mine)

    def replace(self, row: Row) -> None:
        """What only erasing does."""
        with self._lock:
            for rows in (self._rows, self._streams[row.stream]):
                rows[next(n for n, known in enumerate(rows) if known.position == row.position)] = row

    def _answered(self, message_id: UUID) -> Decided:
        """With the position of the event its version names."""
        decided = self._decided[message_id]
        rows = self._streams.get(decided.answer.stream, [])
        version = decided.answer.version
        position = rows[version - 1].position if 0 < version <= len(rows) else 0
        return replace(decided, answer=decided.answer.model_copy(update={"position": position}))

    def _require_new(self, batch: Batch) -> None:
        ids = [d.answer.message_id for d in batch.decided]
        if len(set(ids)) < len(ids) or self._decided.keys() & set(ids):
            raise Conflict("a command of the batch was answered before")

    def _require_unchanged(self, batch: Batch) -> None:
        """What is written says by its versions what it follows."""
        written = {row.stream for row in batch.rows}
        for stream, version in batch.read.items():
            if stream not in written and len(self._streams.get(stream, ())) > version:
                raise Conflict(f"{stream} was read and has changed")

    def _owners(self, batch: Batch) -> dict[tuple[str, str], str]:
        """The claims as they will be; within a batch, too, the first one has the name."""
        claims: list[Claim] = [claim for claim, _ in batch.claims]
        kept = {n: owner for n, owner in self._claims.items() if Claim(*n, owner) not in batch.released}
        owners = {(c.kind, c.value): c.owner for c in reversed(claims)} | kept
        taken = [c for c in claims if owners[c.kind, c.value] != c.owner]
        if taken:
            raise ClaimTaken(taken)
        return owners

    def _numbered(self, batch: Batch) -> list[Row]:
        first, self._last = self._last + 1, self._last + len(batch.rows)
        versions = {row.stream: len(self._streams.get(row.stream, ())) for row in batch.rows}
        for row in batch.rows:
            versions[row.stream] += 1
            if row.version != versions[row.stream]:
                raise Conflict(f"{row.stream} has a version {row.version} already")
        return [row._replace(position=position) for position, row in enumerate(batch.rows, start=first)]
