"""Questions about payments and dunning, each one transaction inside the asker's scope."""

from collections.abc import Sequence
from uuid import UUID

from api.adapters import cursors
from api.adapters.scoped_reads import ScopedReads
from api.reads import Page
from api.rows.payments import AccountRow, CaseRow, EntryRow, PaymentRow, StandingRow
from infra.db.scope import Scope
from projections.dunning import queries as dunning
from projections.payment_accounts import queries as accounts
from projections.payments import queries as payments
from schemas.billing.dunning import DunningStep
from schemas.billing.unpaid import Unpaid


class PostgresPaymentReads(ScopedReads):
    async def payment(self, scope: Scope, invoice_id: UUID) -> PaymentRow | None:
        async with self._scoped(scope) as conn:
            return await payments.get(conn, invoice_id)

    async def payment_entries(self, scope: Scope, invoice_id: UUID) -> Sequence[EntryRow]:
        async with self._scoped(scope) as conn:
            return await payments.entries(conn, invoice_id)

    async def payments(
        self, scope: Scope, cursor: str | None, limit: int, tenant_id: UUID | None, status: str | None
    ) -> Page[PaymentRow]:
        before = cursors.before(cursor)
        async with self._scoped(scope) as conn:
            found = await payments.list_page(conn, before, limit + 1, tenant_id or scope.tenant_id, status)
        return cursors.page(found, limit, lambda row: (row.created_at, row.id), lambda row: row)

    async def payment_account(self, scope: Scope, tenant_id: UUID) -> AccountRow:
        async with self._scoped(scope) as conn:
            return await accounts.get(conn, tenant_id)

    async def dunning(self, scope: Scope, tenant_id: UUID) -> tuple[StandingRow, Sequence[CaseRow]]:
        async with self._scoped(scope) as conn:
            return await dunning.standing(conn, tenant_id), await dunning.of_tenant(conn, tenant_id)

    async def dunning_schedule(self, scope: Scope, partner_id: UUID) -> tuple[DunningStep, ...]:
        async with self._scoped(scope) as conn:
            return await dunning.schedule(conn, partner_id)

    async def unpaid(self, scope: Scope) -> Sequence[Unpaid]:
        async with self._scoped(scope) as conn:
            return await dunning.unpaid(conn)
