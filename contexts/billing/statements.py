"""Three statements over the same entries: what a tenant owes, what a partner earns, what is left for us."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import TypeVar
from uuid import UUID

from schemas.billing.months import USAGE, MonthTotal

K = TypeVar("K", bound=Hashable)

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class MonthSums:
    calls: int = 0
    tokens: int = 0
    cost: Decimal = NOTHING
    price: Decimal = NOTHING
    commission: Decimal = NOTHING

    @property
    def revenue(self) -> Decimal:
        return self.price - self.commission

    @property
    def margin(self) -> Decimal:
        """Less than nothing when the partner's commission is above the markup."""
        return self.revenue - self.cost


@dataclass(frozen=True, slots=True)
class TenantBill:
    """`lines` are the month's rows as they are; `usage` leaves out what was posted afterwards."""

    lines: Sequence[MonthTotal]
    usage: MonthSums
    total: MonthSums


@dataclass(frozen=True, slots=True)
class Earning:
    tenant_id: UUID
    sums: MonthSums


@dataclass(frozen=True, slots=True)
class PartnerEarnings:
    tenants: Sequence[Earning]
    total: MonthSums


@dataclass(frozen=True, slots=True)
class ProviderResult:
    """`provider` is '' for what no call brought: adjustments, reversals, credit notes."""

    provider: str
    sums: MonthSums


@dataclass(frozen=True, slots=True)
class ProfitAndLoss:
    providers: Sequence[ProviderResult]
    total: MonthSums


def sums(rows: Iterable[MonthTotal]) -> MonthSums:
    found = list(rows)
    return MonthSums(
        calls=sum(row.entries for row in found if row.kind == USAGE),
        tokens=sum(row.tokens for row in found),
        cost=sum((row.cost for row in found), NOTHING),
        price=sum((row.price for row in found), NOTHING),
        commission=sum((row.commission for row in found), NOTHING),
    )


def tenant_bill(rows: Sequence[MonthTotal]) -> TenantBill:
    return TenantBill(rows, sums(row for row in rows if row.kind == USAGE), sums(rows))


def partner_earnings(rows: Sequence[MonthTotal]) -> PartnerEarnings:
    """By tenant, the best first."""
    found = [Earning(tenant, added) for tenant, added in by(rows, lambda row: row.tenant_id)]
    return PartnerEarnings(sorted(found, key=lambda one: -one.sums.commission), sums(rows))


def profit_and_loss(rows: Sequence[MonthTotal]) -> ProfitAndLoss:
    found = [ProviderResult(provider, added) for provider, added in by(rows, lambda row: row.provider)]
    return ProfitAndLoss(sorted(found, key=lambda one: -one.sums.revenue), sums(rows))


def by(rows: Sequence[MonthTotal], key: Callable[[MonthTotal], K]) -> list[tuple[K, MonthSums]]:
    ordered = sorted(rows, key=lambda row: str(key(row)))
    return [(name, sums(group)) for name, group in groupby(ordered, key)]
