"""Months and invoices in memory."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from api.paging import Page
from api.rows.invoices import CreditNoteRow, InvoiceFilter, InvoiceRow, IssuerRow
from infra.db.scope import Scope
from projections.month_totals.drill_down import MonthEntry, MonthRun
from schemas.billing.carryover import CarriedCredit
from schemas.billing.months import ClosedMonth, MonthTotal
from schemas.billing.taxes import TaxProfile, TaxRate
from tests.api.fake_runs import page


class FakeMoneyReads:
    def __init__(self) -> None:
        self.months: list[MonthTotal] = []
        self.seals: list[ClosedMonth] = []
        self.invoices_of: dict[UUID, InvoiceRow] = {}
        self.notes_of: dict[UUID, CreditNoteRow] = {}
        self.issuers_of: dict[UUID, IssuerRow] = {}
        self.profiles: dict[UUID, TaxProfile] = {}
        self.rates: list[TaxRate] = []
        self.runs_of: dict[UUID, list[MonthRun]] = {}
        self.entries_of: dict[UUID, list[MonthEntry]] = {}
        self.carried_of: dict[UUID, list[CarriedCredit]] = {}

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

    async def invoice(self, scope: Scope, invoice_id: UUID) -> InvoiceRow | None:
        row = self.invoices_of.get(invoice_id)
        return row if row and self.sees(scope, row.tenant_id) else None

    async def invoices(
        self, scope: Scope, cursor: str | None, limit: int, wanted: InvoiceFilter
    ) -> Page[InvoiceRow]:
        asked = {name: value for name, value in asdict(wanted).items() if value is not None}
        seen = [row for row in self.invoices_of.values() if self.sees(scope, row.tenant_id)]
        fit = [row for row in seen if all(getattr(row, name) == value for name, value in asked.items())]
        return page(fit, cursor, limit)

    async def credit_note(self, scope: Scope, credit_note_id: UUID) -> CreditNoteRow | None:
        row = self.notes_of.get(credit_note_id)
        return row if row and self.sees(scope, row.tenant_id) else None

    async def credit_notes(self, scope: Scope, invoice_id: UUID) -> Sequence[CreditNoteRow]:
        seen = [row for row in self.notes_of.values() if self.sees(scope, row.tenant_id)]
        return [row for row in seen if row.invoice_id == invoice_id]

    async def issuer(self, scope: Scope, partner_id: UUID) -> IssuerRow | None:
        visible = scope.platform or scope.partner_id == partner_id
        return self.issuers_of.get(partner_id) if visible else None

    async def tax_profile(self, scope: Scope, tenant_id: UUID) -> TaxProfile | None:
        return self.profiles.get(tenant_id) if self.sees(scope, tenant_id) else None

    async def tax_rates(self, scope: Scope) -> Sequence[TaxRate]:
        return self.rates

    async def month_runs(self, scope: Scope, tenant_id: UUID, period: str, limit: int) -> Sequence[MonthRun]:
        return self.runs_of.get(tenant_id, [])[:limit] if self.sees(scope, tenant_id) else []

    async def month_entries(
        self, scope: Scope, tenant_id: UUID, period: str, after: tuple[datetime, UUID], limit: int
    ) -> Sequence[MonthEntry]:
        found = self.entries_of.get(tenant_id, []) if self.sees(scope, tenant_id) else []
        return [entry for entry in found if (entry.recorded_at, entry.id) > after][:limit]
