"""What all tenants of a partner may be charged in a month, and how much of it is taken."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from contexts.kernel import Aggregate, Context
from schemas.billing.partner_budgets import (
    BudgetReleased,
    BudgetReserved,
    BudgetSettled,
    PartnerBudgetSet,
    SetPartnerBudget,
)
from schemas.billing.thresholds import PartnerThresholdReached

PartnerBudgetEvent = (
    PartnerBudgetSet | BudgetReserved | BudgetSettled | BudgetReleased | PartnerThresholdReached
)

MONTHS = 24
"""Older months are forgotten: nothing is held in them any more."""

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Month:
    """`reached`: the highest threshold somebody was told of."""

    posted: Decimal = NOTHING
    held: Decimal = NOTHING
    reached: int = 0


@dataclass(frozen=True)
class PartnerBudget:
    limit: Decimal | None = None
    months: Mapping[str, Month] = field(default_factory=dict)

    def month(self, period: str) -> Month:
        return self.months.get(period, Month())


def set_limit(state: PartnerBudget | None, command: SetPartnerBudget, ctx: Context) -> list[PartnerBudgetSet]:
    if (state or PartnerBudget()).limit == command.limit:
        return []
    return [PartnerBudgetSet(partner_id=command.partner_id, limit=command.limit)]


def evolve(state: PartnerBudget | None, event: PartnerBudgetEvent) -> PartnerBudget:
    budget = state or PartnerBudget()
    if isinstance(event, PartnerBudgetSet):
        return replace(budget, limit=event.limit)
    month = changed(budget.month(event.period), event)
    months = {**budget.months, event.period: month}
    return replace(budget, months={period: months[period] for period in sorted(months)[-MONTHS:]})


def changed(
    month: Month, event: BudgetReserved | BudgetSettled | BudgetReleased | PartnerThresholdReached
) -> Month:
    match event:
        case BudgetReserved():
            return replace(month, held=month.held + event.amount)
        case BudgetSettled():
            return replace(month, held=month.held - event.hold, posted=month.posted + event.amount)
        case BudgetReleased():
            return replace(month, held=month.held - event.hold)
        case PartnerThresholdReached():
            return replace(month, reached=max(month.reached, event.threshold))


PARTNER_BUDGET = Aggregate("partner_budget", PartnerBudget, evolve, snapshot_every=500)
