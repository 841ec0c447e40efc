"""Months added up from the store itself, one row per entry."""

from collections.abc import Sequence

from infra.eventstore.mapper import recorded
from projections.month_totals.entries import period_of
from projections.month_totals.project import ON
from schemas.base import TenantId
from schemas.billing.corrections import AdjustmentPosted, EntryReversed
from schemas.billing.events import CallSettled
from schemas.billing.months import MonthTotal
from tests.support.fakes.event_store import MemoryEventStore
from tests.support.months import month_total, row_of, shown

ENTRIES = (CallSettled, EntryReversed, AdjustmentPosted)


class MemoryMonths:
    def __init__(self, store: MemoryEventStore) -> None:
        self._store = store

    async def totals(self, tenant_id: TenantId, period: str, position: int) -> Sequence[MonthTotal]:
        events = [recorded(row) for row in self._store.after(0, 1_000_000)]
        found = [e for e in events if isinstance(e.event, ENTRIES) and e.position <= position]
        assert all(type(entry.event) in ON for entry in found)
        mine = [e for e in found if e.tenant_id == tenant_id and period_of(e.stream) == period]
        return [month_total(**shown(row_of(entry))) for entry in mine]
