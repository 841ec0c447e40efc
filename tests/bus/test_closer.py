"""Which months are closed when, page by page, and again what was refused."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from bus.closer import PAGE, Closer, close_all, months_due
from bus.publisher import Submitter
from projections.periods.queries import OpenPeriod
from schemas.envelope import Answer, Envelope, Refusal
from tests.support.builders import PARTNER_ID

GRACE = timedelta(hours=48)
NOW = datetime(2026, 11, 20, tzinfo=UTC)
HELD = Refusal(code="billing.holds_open", kind="conflict", detail="1 calls of 2026-10 are still held")


class Table:
    """Tenants whose month is open, by month."""

    def __init__(self, tenants: int) -> None:
        self.open = {("2026-10", UUID(int=number)) for number in range(1, tenants + 1)}
        self.asked: list[str] = []

    async def still_open(self, period: str, end: datetime, after: UUID, limit: int) -> Sequence[OpenPeriod]:
        self.asked.append(period)
        found = sorted(tenant for month, tenant in self.open if month == period and tenant > after)
        return [OpenPeriod(tenant, PARTNER_ID) for tenant in found[:limit]]


class Clerk(Submitter):
    """Closes in the table what it is told to, but for the tenants it refuses."""

    def __init__(self, table: Table, refuses: frozenset[UUID] = frozenset()) -> None:
        self.table, self.refuses = table, refuses

    async def tell(self, envelope: Envelope, stream_id: str, wait: float, tries: int) -> Answer:
        refused = envelope.tenant_id in self.refuses
        if not refused:
            self.table.open.discard((envelope.data["period"], envelope.tenant_id))
        return Answer(
            message_id=envelope.message_id,
            status="rejected" if refused else "accepted",
            stream=stream_id,
            version=1,
            position=1,
            refusal=HELD if refused else None,
        )


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (datetime(2026, 11, 1, 12, tzinfo=UTC), ["2026-08", "2026-09"]),
        (datetime(2026, 11, 3, tzinfo=UTC), ["2026-08", "2026-09", "2026-10"]),
        (datetime(2027, 1, 20, tzinfo=UTC), ["2026-10", "2026-11", "2026-12"]),
    ],
)
def test_a_month_is_due_when_its_grace_has_passed(now: datetime, due: list[str]) -> None:
    assert [period for period, _ in months_due(now, GRACE)] == due


async def test_every_tenants_month_is_closed_page_by_page() -> None:
    table = Table(2 * PAGE + 7)
    closer = Closer(table, Clerk(table), lambda: NOW, GRACE)
    assert await closer.look() == 2 * PAGE + 7
    assert not table.open
    assert table.asked == ["2026-08", "2026-09", *["2026-10"] * 3]


async def test_what_was_refused_does_not_keep_others_waiting_and_is_tried_again() -> None:
    table = Table(PAGE + 5)
    stubborn = frozenset(UUID(int=number) for number in range(1, PAGE + 1))
    assert await Closer(table, Clerk(table, stubborn), lambda: NOW, GRACE).look() == 5
    assert {tenant for _, tenant in table.open} == stubborn
    assert await Closer(table, Clerk(table), lambda: NOW, GRACE).look() == PAGE


async def test_somebody_may_close_a_month_of_one_tenant_by_hand() -> None:
    table = Table(3)
    only = [OpenPeriod(UUID(int=2), PARTNER_ID)]

    async def page(after: UUID) -> Sequence[OpenPeriod]:
        return only

    assert await close_all(page, Clerk(table), "2026-10") == 1
    assert ("2026-10", UUID(int=2)) not in table.open
