"""Questions about statements and invoices, each one transaction inside the asker's scope."""

from collections.abc import Sequence
from uuid import UUID

from api.adapters.run_reads import PostgresRunReads
from infra.db.scope import Scope
from projections.month_totals import queries as months
from schemas.billing.months import ClosedMonth, MonthTotal


class PostgresMoneyReads(PostgresRunReads):
    async def month_of_tenant(self, scope: Scope, tenant_id: UUID, period: str) -> Sequence[MonthTotal]:
        async with self._scoped(scope) as conn:
            return await months.of_tenant(conn, tenant_id, period)

    async def month_of_partner(self, scope: Scope, partner_id: UUID, period: str) -> Sequence[MonthTotal]:
        async with self._scoped(scope) as conn:
            return await months.of_partner(conn, partner_id, period)

    async def month_of_all(
        self, scope: Scope, period: str
    ) -> tuple[Sequence[MonthTotal], Sequence[ClosedMonth]]:
        async with self._scoped(scope) as conn:
            return await months.of_all(conn, period), await months.closed(conn, period)
