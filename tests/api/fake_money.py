"""Months and invoices in memory."""

from collections.abc import Sequence
from uuid import UUID

from infra.db.scope import Scope
from schemas.billing.months import ClosedMonth, MonthTotal


class FakeMoneyReads:
    def __init__(self) -> None:
        super().__init__()
        self.months: list[MonthTotal] = []
        self.seals: list[ClosedMonth] = []

    def sees(self, scope: Scope, tenant_id: UUID) -> bool:
        raise NotImplementedError

    def _month(self, scope: Scope, period: str) -> list[MonthTotal]:
        return [row for row in self.months if row.period == period and self.sees(scope, row.tenant_id)]

    async def month_of_tenant(self, scope: Scope, tenant_id: UUID, period: str) -> Sequence[MonthTotal]:
        return [row for row in self._month(scope, period) if row.tenant_id == tenant_id]

    async def month_of_partner(self, scope: Scope, partner_id: UUID, period: str) -> Sequence[MonthTotal]:
        return [row for row in self._month(scope, period) if row.partner_id == partner_id]

    async def month_of_all(
        self, scope: Scope, period: str
    ) -> tuple[Sequence[MonthTotal], Sequence[ClosedMonth]]:
        seals = [row for row in self.seals if row.period == period and self.sees(scope, row.tenant_id)]
        return self._month(scope, period), seals
