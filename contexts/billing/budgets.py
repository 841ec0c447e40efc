"""Whether a call fits every budget it counts for, and who is to be told how full they are."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import get_args

from contexts.billing.facts import Limits
from contexts.billing.ledger import Ledger, budget_name
from contexts.billing.partner_budget import PartnerBudget
from schemas.base import PartnerId, TenantId
from schemas.billing.thresholds import BudgetThresholdReached, PartnerThresholdReached, Percent
from schemas.billing.types import InTheWay, Level
from schemas.execution.types import SourceRef

NAMED = 5
"""Open holds a refusal names, the largest first."""

NEARLY = 80
THRESHOLDS: tuple[Percent, ...] = get_args(Percent)

Alert = BudgetThresholdReached | PartnerThresholdReached


@dataclass(frozen=True, slots=True)
class Budget:
    """One budget and how full it is. `reached`: the highest threshold somebody was told of."""

    level: Level
    limit: Decimal
    posted: Decimal
    held: Decimal
    reached: int

    def fits(self, hold: Decimal) -> bool:
        return self.posted + self.held + hold <= self.limit


def budgets_of(ledger: Ledger, limits: Limits, source: SourceRef | None, period: str) -> Iterator[Budget]:
    """The nearest first."""
    if limits.source is not None and source:
        use, reached = ledger.use(source), ledger.reached.get(budget_name(source), 0)
        yield Budget("source", limits.source, use.posted, use.held, reached)
    if limits.tenant is not None:
        reached = ledger.reached.get(budget_name(None), 0)
        yield Budget("tenant", limits.tenant, ledger.posted, ledger.held, reached)
    if limits.partner is not None and limits.partner.limit is not None:
        month = limits.partner.month(period)
        yield Budget("partner", limits.partner.limit, month.posted, month.held, month.reached)


def threshold(budget: Budget, full: bool = False) -> Percent | None:
    """The highest newly reached one. A budget that refused a call is full when only little of it is left."""
    passed = [t for t in THRESHOLDS if budget.posted and 100 * budget.posted >= t * budget.limit]
    if not passed:
        return None
    highest = THRESHOLDS[-1] if full and passed[-1] >= NEARLY else passed[-1]
    return highest if highest > budget.reached else None


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose budgets, in which month."""

    tenant_id: TenantId
    partner_id: PartnerId | None
    source: SourceRef | None
    period: str


def alerts(budgets: Iterable[Budget], subject: Subject, full: bool = False) -> list[Alert]:
    found = ((budget, threshold(budget, full)) for budget in budgets)
    return [alert(budget, reached, subject) for budget, reached in found if reached]


def alert(budget: Budget, reached: Percent, subject: Subject) -> Alert:
    figures = {"threshold": reached, "budget": budget.limit, "posted": budget.posted}
    if budget.level == "partner" and subject.partner_id:
        return PartnerThresholdReached(partner_id=subject.partner_id, period=subject.period, **figures)
    return BudgetThresholdReached(
        tenant_id=subject.tenant_id,
        level="source" if budget.level == "source" else "tenant",
        source=subject.source if budget.level == "source" else None,
        period=subject.period,
        **figures,
    )


def in_the_way(ledger: Ledger, source: SourceRef | None = None) -> tuple[InTheWay, ...]:
    """The largest holds, of one workflow or agent if asked, and the last entries."""
    holds = [
        InTheWay(kind="hold", entry=key, amount=hold.amount)
        for key, hold in ledger.holds.items()
        if source is None or hold.source == source
    ]
    largest = sorted(holds, key=lambda hold: -hold.amount)[:NAMED]
    return (*largest, *reversed(ledger.recent))


def partner_of(limits: Limits) -> PartnerBudget | None:
    """The partner's budget, where there is one now."""
    partner = limits.partner
    return partner if partner and partner.limit is not None else None
