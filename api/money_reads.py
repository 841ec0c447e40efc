"""What the edge asks about statements and invoices; each function sees what `scope` allows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from api.paging import Page
from api.rows.invoices import CreditNoteRow, InvoiceFilter, InvoiceRow, IssuerRow, MonthEntryRow, MonthRunRow
from infra.db.scope import Scope
from schemas.billing.months import ClosedMonth, MonthTotal
from schemas.billing.taxes import TaxProfile, TaxRate


class MoneyReads(Protocol):
    async def month_of_tenant(self, scope: Scope, tenant_id: UUID, period: str) -> Sequence[MonthTotal]: ...

    async def month_of_partner(self, scope: Scope, partner_id: UUID, period: str) -> Sequence[MonthTotal]:
        """By tenant, kind and model."""
        ...

    async def month_of_all(
        self, scope: Scope, period: str
    ) -> tuple[Sequence[MonthTotal], Sequence[ClosedMonth]]:
        """Of everybody the asker may see, with the seals of the months that are closed."""
        ...

    async def invoice(self, scope: Scope, invoice_id: UUID) -> InvoiceRow | None: ...

    async def invoices(
        self, scope: Scope, cursor: str | None, limit: int, wanted: InvoiceFilter
    ) -> Page[InvoiceRow]:
        """Newest first."""
        ...

    async def month_runs(
        self, scope: Scope, tenant_id: UUID, period: str, limit: int
    ) -> Sequence[MonthRunRow]:
        """By run and model."""
        ...

    async def month_entries(
        self, scope: Scope, tenant_id: UUID, period: str, after: tuple[datetime, UUID], limit: int
    ) -> Sequence[MonthEntryRow]:
        """Oldest first, after the last one seen."""
        ...

    async def credit_note(self, scope: Scope, credit_note_id: UUID) -> CreditNoteRow | None: ...

    async def credit_notes(self, scope: Scope, invoice_id: UUID) -> Sequence[CreditNoteRow]: ...

    async def issuer(self, scope: Scope, partner_id: UUID) -> IssuerRow | None: ...

    async def tax_profile(self, scope: Scope, tenant_id: UUID) -> TaxProfile | None: ...

    async def tax_rates(self, scope: Scope) -> Sequence[TaxRate]:
        """By country, newest first."""
        ...
