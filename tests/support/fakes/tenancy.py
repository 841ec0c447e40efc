"""A tenant's open runs, and erasing what it wrote and ran, in memory."""

import json
from collections.abc import Mapping, Sequence
from uuid import UUID

from infra.eventstore.erasing import ForgetLetters
from infra.eventstore.mapper import recorded
from infra.eventstore.payloads import markers
from infra.eventstore.types import Row
from schemas.base import TenantId
from schemas.execution import events as e
from tests.support.fakes.event_store import MemoryEventStore

BEGUN = e.ExecutionQueued | e.ExecutionStarted
ENDED = e.ExecutionSucceeded | e.ExecutionFailed | e.ExecutionCancelled
CONTENT = ("authoring.", "execution.", "notifications.")


class MemoryRuns:
    """Of the record itself."""

    def __init__(self, store: MemoryEventStore) -> None:
        self._store = store

    async def open(self, tenant_id: TenantId, position: int) -> Sequence[UUID]:
        runs: dict[UUID, None] = {}
        for row in self._store.after(0, 1_000_000):
            event = recorded(row).event
            if row.tenant_id == tenant_id and isinstance(event, BEGUN):
                runs[event.execution_id] = None
            elif isinstance(event, ENDED):
                runs.pop(event.execution_id, None)
        return list(runs)


class MemoryContent:
    """It passes the same suite as the one on Postgres. `counted`: per tenant, how much of what."""

    def __init__(self, store: MemoryEventStore, forget: ForgetLetters) -> None:
        self._store, self._forget = store, forget
        self.counted: dict[TenantId, dict[str, int]] = {}

    async def erase(self, tenant_id: TenantId) -> Mapping[str, int]:
        store, counts = self._store, self.counted.setdefault(tenant_id, {})
        rows = [row for row in store.after(0, 1_000_000) if row.tenant_id == tenant_id]
        erasable = [row for row in rows if row.type.startswith(CONTENT)]
        letters = {row.stream for row in erasable if row.type.startswith("notifications.")}
        kept = {name for row in rows if row not in erasable for name in markers(json.loads(row.data))}
        payloads = [p for p in store.contents if p.tenant_id == tenant_id and p.hash not in kept]
        snapshots = [
            s.stream
            for s in store.kept_snapshots.values()
            if s.tenant_id == tenant_id and s.stream.startswith(("execution-", "trigger-"))
        ]
        touched = {
            "kept_letters": await self._forget([UUID(stream.partition("-")[2]) for stream in letters]),
            "events": len(erasable),
            "payloads": len(payloads),
            "snapshots": len(snapshots),
            "refusals": 0,
        }
        for row in erasable:
            store.replace(tombstone(row))
        for place in payloads:
            del store.contents[place]
        for stream in snapshots:
            del store.kept_snapshots[stream]
        counts.update({what: counts.get(what, 0) + number for what, number in touched.items()})
        return dict(counts)


def tombstone(row: Row) -> Row:
    begins = row.type in (e.ExecutionQueued.type_name, e.ExecutionStarted.type_name)
    said = {"was": row.type, "source": json.loads(row.data)["source"] if begins else None}
    return row._replace(type="tenancy.content.erased", type_version=1, data=json.dumps(said).encode())
