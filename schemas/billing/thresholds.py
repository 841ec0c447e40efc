"""Soft alerts: once per budget, month and threshold."""

from decimal import Decimal
from typing import Literal

from schemas.base import Event, PartnerId, TenantId
from schemas.execution.types import SourceRef

Percent = Literal[50, 80, 100]


class BudgetThresholdReached(Event, type_name="billing.ledger.budget_threshold_reached"):
    """`posted` is at least `threshold` percent of the budget.

    100 is also reached when a call did not fit into what is left of the last fifth.
    """

    tenant_id: TenantId
    level: Literal["source", "tenant"]
    source: SourceRef | None
    period: str
    threshold: Percent
    budget: Decimal
    posted: Decimal


class PartnerThresholdReached(
    Event, type_name="billing.partner_budget.threshold_reached", stream="partner_budget-{0.partner_id}"
):
    partner_id: PartnerId
    period: str
    threshold: Percent
    budget: Decimal
    posted: Decimal
