"""What happens to a ledger besides calls: entries are reversed and adjusted, and the month is closed."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from schemas.base import Claim, Command, Event, PartnerId, TenantId
from schemas.billing.types import Period, Posting, Pricing, Reason
from schemas.execution.chat import Usage
from schemas.execution.types import CallRef, SourceRef

LEDGER = "ledger-{0.tenant_id}-{0.period}"

AdjustmentKind = Literal["late_usage", "correction", "minimum", "credit", "rounding"]
Signed = Annotated[Decimal, Field(max_digits=38, decimal_places=12)]
"""Less than nothing is for the tenant's good."""


class ReverseEntry(Command, type_name="billing.ledger.reverse_entry", stream=LEDGER):
    """The entry is the event `version` of the ledger of `period`."""

    reversal_id: UUID
    tenant_id: TenantId
    period: Period
    version: int
    reason: Reason


class PostAdjustment(Command, type_name="billing.ledger.post_adjustment", stream=LEDGER):
    """Posted in `period`, which is open. `about_period`: the month it is about; absent: the same.

    `provider`: whose cost is adjusted, when it is.
    """

    adjustment_id: UUID
    tenant_id: TenantId
    period: Period
    kind: Literal["correction", "minimum", "credit", "rounding"]
    reason: Reason
    price: Signed
    cost: Signed = Decimal(0)
    commission: Signed = Decimal(0)
    about_period: Period | None = None
    provider: Annotated[str, Field(min_length=1, max_length=60)] | None = None


class ClosePeriod(Command, type_name="billing.ledger.close_period", stream=LEDGER):
    """By whoever was the tenant's partner at the month's end."""

    tenant_id: TenantId
    period: Period

    def falls_under(self, now: datetime) -> datetime:
        year, month = map(int, self.period.split("-"))
        following = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
        return following - timedelta(microseconds=1)


class EntryReversed(Event, type_name="billing.ledger.entry_reversed", stream=LEDGER):
    """The exact inverse of an entry: posted in its own month, or, when that is closed, in an open one.

    `entry`: the call key or adjustment id; `ref`: the entry's event. `about_period`: the entry's month.
    """

    reversal_id: UUID
    tenant_id: TenantId
    partner_id: PartnerId
    period: str
    about_period: str
    entry: str
    ref: str
    reason: str
    cost: Decimal
    price: Decimal
    commission: Decimal
    postings: tuple[Posting, ...]
    call: CallRef | None = None
    model: str | None = None
    source: SourceRef | None = None

    def claims(self) -> tuple[Claim, ...]:
        """An entry is reversed once for ever."""
        return (Claim("reversal", self.ref, f"{self.reversal_id}@{self.period}"),)


class AdjustmentPosted(Event, type_name="billing.ledger.adjustment_posted", stream=LEDGER):
    """An entry that no open call led to. Late usage says of which call, and what it was computed from."""

    adjustment_id: UUID
    tenant_id: TenantId
    partner_id: PartnerId
    period: str
    kind: AdjustmentKind
    about_period: str
    reason: str
    cost: Decimal
    price: Decimal
    commission: Decimal
    postings: tuple[Posting, ...]
    call: CallRef | None = None
    model: str | None = None
    usage: Usage | None = None
    pricing: Pricing | None = None
    source: SourceRef | None = None

    def claims(self) -> tuple[Claim, ...]:
        owner = f"ledger-{self.tenant_id}-{self.period}"
        return (Claim("adjustment", str(self.adjustment_id), owner),)


class PeriodClosed(Event, type_name="billing.ledger.period_closed", stream=LEDGER):
    """The month's totals, sealed: no entry comes after. `last_version`: the last event that counts."""

    tenant_id: TenantId
    partner_id: PartnerId
    period: str
    entries: int
    cost: Decimal
    price: Decimal
    commission: Decimal
    last_version: int
