"""What the edge shows of money: settled calls, and what they add up to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from schemas.base import TenantId
from schemas.billing.types import Posting, Pricing
from schemas.execution.chat import Usage


def margin(row: "LedgerRow | BillLine | BillRow") -> Decimal:
    """What the platform keeps. Less than nothing when the partner's commission is above the markup."""
    return row.price - row.commission - row.cost


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One provider call that was settled, or that was written off: `pricing` is absent then."""

    ref: str
    position: int
    kind: Literal["settle", "write_off"]
    tenant_id: TenantId
    recorded_at: datetime
    execution_id: UUID
    node: str
    attempt: int
    model: str | None
    usage: Usage
    price: Decimal
    commission: Decimal
    cost: Decimal
    degraded: bool
    quarantined: bool = False
    pricing: Pricing | None = None
    postings: Sequence[Posting] = ()

    @property
    def margin(self) -> Decimal:
        return margin(self)


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

    @property
    def margin(self) -> Decimal:
        return margin(self)
