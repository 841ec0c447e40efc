"""What the edge shows of money: settled calls, and what they add up to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from schemas.base import TenantId
from schemas.billing.carryover import CarriedCredit
from schemas.billing.types import Posting, Pricing
from schemas.execution.chat import Usage

EntryKind = Literal["settle", "write_off", "reversal", "adjustment"]


def margin(row: "LedgerRow | BillLine | BillRow") -> Decimal:
    """What the platform keeps. Less than nothing when the partner's commission is above the markup."""
    return row.price - row.commission - row.cost


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One provider call that was settled, or that was written off: `pricing` is absent then.

    Or what was corrected since: `adjustment` is its kind, `about_period` the month it is about.
    """

    ref: str
    position: int
    kind: EntryKind
    tenant_id: TenantId
    recorded_at: datetime
    execution_id: UUID | None
    node: str | None
    attempt: int | None
    model: str | None
    usage: Usage
    price: Decimal
    commission: Decimal
    cost: Decimal
    degraded: bool
    quarantined: bool = False
    pricing: Pricing | None = None
    postings: Sequence[Posting] = ()
    source_kind: str | None = None
    source_id: UUID | None = None
    adjustment: str | None = None
    about_period: str | None = None
    reason: str | None = None

    @property
    def margin(self) -> Decimal:
        return margin(self)


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """`reached`: the thresholds in percent somebody was told of."""

    level: Literal["partner", "tenant", "source"]
    subject_id: UUID
    source_kind: str | None
    tenant_id: TenantId | None
    limit: Decimal
    posted: Decimal
    held: Decimal
    reached: Sequence[int]


@dataclass(frozen=True, slots=True)
class TopUpRow:
    id: UUID
    amount: Decimal
    source: str
    expires_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class WalletRow:
    """A tenant that never paid in advance has an empty one."""

    tenant_id: TenantId
    mode: Literal["postpaid", "prepaid"]
    balance: Decimal
    held: Decimal
    top_ups: Sequence[TopUpRow] = ()


@dataclass(frozen=True, slots=True)
class BillLine:
    model: str
    calls: int
    tokens: int
    price: Decimal
    commission: Decimal
    cost: Decimal

    @property
    def margin(self) -> Decimal:
        return margin(self)


@dataclass(frozen=True, slots=True)
class BillRow:
    """What one tenant used in one month. A month without use is a bill of zero, not a missing one."""

    tenant_id: TenantId
    period: str
    calls: int
    price: Decimal
    commission: Decimal
    cost: Decimal
    held: Decimal
    lines: Sequence[BillLine] = ()
    carried: Sequence[CarriedCredit] = ()

    @property
    def margin(self) -> Decimal:
        return margin(self)
