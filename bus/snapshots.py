"""Folded states of long streams, kept so that a cold start need not read them from the first event."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from bus.folded import Folded
from contexts.kernel import Aggregate
from infra.eventstore.types import EventStore, Snapshot
from schemas.base import TenantId

REMEMBERED = 10_000


class Snapshots:
    """Reads and writes snapshots of the aggregates that ask for them."""

    def __init__(self, store: EventStore, aggregates: Iterable[Aggregate]) -> None:
        self._store = store
        self._every = {a.name: a.snapshot_every for a in aggregates if a.snapshot_every}
        self._adapters = {a.name: adapter_of(a) for a in aggregates if a.snapshot_every}
        self._shapes = {a.name: shape(a) for a in aggregates if a.snapshot_every}
        self._saved: dict[str, int] = {}

    def load(self, streams: Sequence[str]) -> dict[str, Folded]:
        """State per stream, for those that have a snapshot of the shape this code folds."""
        wanted = [s for s in streams if kind(s) in self._every]
        found = self._store.snapshots(wanted) if wanted else ()
        return {
            s.stream: self._folded(s, self._adapters[kind(s.stream)])
            for s in found
            if s.shape == self._shapes[kind(s.stream)]
        }

    def _folded(self, found: Snapshot, adapter: TypeAdapter[Any]) -> Folded:
        state = adapter.validate_json(found.state)
        return Folded(found.version, 0, found.tenant_id, state, len(found.state))

    def save(self, folded: Iterable[tuple[str, int, TenantId, Any]]) -> None:
        due = [f for f in folded if kind(f[0]) in self._every and self._is_due(f[0], f[1])]
        if due:
            self._store.save_snapshots([self._snapshot(*f) for f in due])
            self._remember({stream: version for stream, version, *_ in due})

    def _remember(self, saved: dict[str, int]) -> None:
        """Of a stream that is forgotten a snapshot is written sooner than needed, that is all."""
        for stream in saved:
            self._saved.pop(stream, None)
        self._saved |= saved
        while len(self._saved) > REMEMBERED:
            del self._saved[next(iter(self._saved))]

    def _is_due(self, stream: str, version: int) -> bool:
        return version - self._saved.get(stream, 0) >= self._every[kind(stream)]

    def _snapshot(self, stream: str, version: int, tenant_id: TenantId, state: Any) -> Snapshot:
        name = kind(stream)
        return Snapshot(stream, version, self._shapes[name], tenant_id, self._adapters[name].dump_json(state))


def kind(stream: str) -> str:
    return stream.partition("-")[0]


@cache
def adapter_of(aggregate: Aggregate) -> TypeAdapter[Any]:
    return TypeAdapter(aggregate.state)


@cache
def shape(aggregate: Aggregate) -> str:
    """Names a state's fields and types, so that a changed state class ignores old snapshots."""
    return hashlib.sha256(
        json.dumps(adapter_of(aggregate).json_schema(), sort_keys=True).encode()
    ).hexdigest()[:16]
