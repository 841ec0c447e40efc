"""A partner's budget: the most all its tenants together may be charged in a month.

What is reserved, settled and released here stands beside the tenants' ledgers, in the same transactions.
"""

from decimal import Decimal

from schemas.base import Command, Event, PartnerId, TenantId
from schemas.tenancy.types import Budget

BUDGET = "partner_budget-{0.partner_id}"


class SetPartnerBudget(Command, type_name="billing.partner_budget.set_limit", stream=BUDGET):
    """Without `limit` there is none any more."""

    partner_id: PartnerId
    limit: Budget | None


class PartnerBudgetSet(Event, type_name="billing.partner_budget.limit_set"):
    """What is charged from here on counts."""

    partner_id: PartnerId
    limit: Decimal | None


class BudgetReserved(Event, type_name="billing.partner_budget.reserved", stream=BUDGET):
    """`entry`: the call's key."""

    partner_id: PartnerId
    tenant_id: TenantId
    period: str
    entry: str
    amount: Decimal


class BudgetSettled(Event, type_name="billing.partner_budget.settled", stream=BUDGET):
    """`amount` is charged, or given back when less than nothing; `hold` was reserved for it."""

    partner_id: PartnerId
    tenant_id: TenantId
    period: str
    entry: str
    hold: Decimal
    amount: Decimal


class BudgetReleased(Event, type_name="billing.partner_budget.released", stream=BUDGET):
    partner_id: PartnerId
    tenant_id: TenantId
    period: str
    entry: str
    hold: Decimal
