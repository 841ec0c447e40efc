"""Questions about statements and invoices, each one transaction inside the asker's scope."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from api.adapters import cursors
from api.adapters.rows import invoices as rows
from api.adapters.scoped_reads import ScopedReads
from api.paging import Page
from api.rows.invoices import CreditNoteRow, InvoiceFilter, InvoiceRow, IssuerRow, MonthEntryRow, MonthRunRow
from infra.db.scope import Scope
from projections.invoices import queries as invoices
from projections.month_totals import drill_down
from projections.month_totals import queries as months
from schemas.billing.months import ClosedMonth, MonthTotal
from schemas.billing.taxes import TaxProfile, TaxRate


class MoneyReads(ScopedReads):
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

    async def invoice(self, scope: Scope, invoice_id: UUID) -> InvoiceRow | None:
        async with self._scoped(scope) as conn:
            found = await invoices.get(conn, invoice_id)
        return rows.invoice(found) if found else None

    async def invoices(
        self, scope: Scope, cursor: str | None, limit: int, wanted: InvoiceFilter
    ) -> Page[InvoiceRow]:
        before = cursors.before(cursor)
        equal = {
            "tenant_id": wanted.tenant_id or scope.tenant_id,
            "period": wanted.period,
            "status": wanted.status,
        }
        async with self._scoped(scope) as conn:
            found = await invoices.list_page(conn, before, limit + 1, **equal)
        return cursors.page(found, limit, lambda row: (row.created_at, row.id), rows.invoice)

    async def month_runs(
        self, scope: Scope, tenant_id: UUID, period: str, limit: int
    ) -> Sequence[MonthRunRow]:
        async with self._scoped(scope) as conn:
            return await drill_down.runs(conn, tenant_id, period, limit)

    async def month_entries(
        self, scope: Scope, tenant_id: UUID, period: str, after: tuple[datetime, UUID], limit: int
    ) -> Sequence[MonthEntryRow]:
        async with self._scoped(scope) as conn:
            return await drill_down.entries(conn, tenant_id, period, after, limit)

    async def credit_note(self, scope: Scope, credit_note_id: UUID) -> CreditNoteRow | None:
        async with self._scoped(scope) as conn:
            found = await invoices.credit_note(conn, credit_note_id)
        return rows.credit_note(found) if found else None

    async def credit_notes(self, scope: Scope, invoice_id: UUID) -> Sequence[CreditNoteRow]:
        async with self._scoped(scope) as conn:
            return [rows.credit_note(row) for row in await invoices.credit_notes(conn, invoice_id)]

    async def issuer(self, scope: Scope, partner_id: UUID) -> IssuerRow | None:
        async with self._scoped(scope) as conn:
            found = await invoices.issuer(conn, partner_id)
        return rows.issuer(found) if found else None

    async def tax_profile(self, scope: Scope, tenant_id: UUID) -> TaxProfile | None:
        async with self._scoped(scope) as conn:
            found = await invoices.tax_profile(conn, tenant_id)
        return TaxProfile.model_validate(found) if found else None

    async def tax_rates(self, scope: Scope) -> Sequence[TaxRate]:
        async with self._scoped(scope) as conn:
            return [rows.tax_rate(row) for row in await invoices.tax_rates(conn)]
