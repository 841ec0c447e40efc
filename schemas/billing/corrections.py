"""What happens to a ledger besides calls: entries are reversed and adjusted, and the month is closed."""

from decimal import Decimal
from typing import Literal
from uuid import UUID

from schemas.base import Event, PartnerId, TenantId
from schemas.billing.types import Posting

LEDGER = "ledger-{0.tenant_id}-{0.period}"

AdjustmentKind = Literal["late_usage", "correction", "minimum", "credit", "rounding"]


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
    model: str | None = None


class AdjustmentPosted(Event, type_name="billing.ledger.adjustment_posted", stream=LEDGER):
    """An entry that no open call led to."""

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
    model: str | None = None


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
