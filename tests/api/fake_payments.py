"""Payments and dunning, in memory."""

from collections.abc import Sequence
from uuid import UUID

from api.reads import Page
from api.rows.payments import AccountRow, CaseRow, EntryRow, PaymentRow, StandingRow
from infra.db.scope import Scope
from schemas.billing.dunning import STANDARD, DunningStep
from schemas.billing.unpaid import Unpaid
from tests.api.fake_runs import page


class FakePaymentReads:
    def __init__(self) -> None:
        self.payments_of: list[PaymentRow] = []
        self.payment_entries_of: dict[UUID, list[EntryRow]] = {}
        self.accounts: dict[UUID, AccountRow] = {}
        self.standings: dict[UUID, StandingRow] = {}
        self.cases_of: dict[UUID, list[CaseRow]] = {}
        self.schedules: dict[UUID, tuple[DunningStep, ...]] = {}
        self.unpaid_of: list[Unpaid] = []

    def sees(self, scope: Scope, tenant_id: UUID) -> bool:
        raise NotImplementedError

    async def payment(self, scope: Scope, invoice_id: UUID) -> PaymentRow | None:
        found = (row for row in self.payments_of if row.id == invoice_id and self.sees(scope, row.tenant_id))
        return next(found, None)

    async def payment_entries(self, scope: Scope, invoice_id: UUID) -> Sequence[EntryRow]:
        return self.payment_entries_of.get(invoice_id, []) if await self.payment(scope, invoice_id) else []

    async def payments(
        self, scope: Scope, cursor: str | None, limit: int, tenant_id: UUID | None, status: str | None
    ) -> Page[PaymentRow]:
        found = [row for row in self.payments_of if self.sees(scope, row.tenant_id)]
        found = [row for row in found if tenant_id in (None, row.tenant_id) and status in (None, row.status)]
        return page(found, cursor, limit)

    async def payment_account(self, scope: Scope, tenant_id: UUID) -> AccountRow:
        return self.accounts.get(tenant_id, AccountRow()) if self.sees(scope, tenant_id) else AccountRow()

    async def dunning(self, scope: Scope, tenant_id: UUID) -> tuple[StandingRow, Sequence[CaseRow]]:
        if not self.sees(scope, tenant_id):
            return StandingRow(), []
        return self.standings.get(tenant_id, StandingRow()), self.cases_of.get(tenant_id, [])

    async def dunning_schedule(self, scope: Scope, partner_id: UUID) -> tuple[DunningStep, ...]:
        return self.schedules.get(partner_id, STANDARD)

    async def unpaid(self, scope: Scope) -> Sequence[Unpaid]:
        return [row for row in self.unpaid_of if self.sees(scope, row.tenant_id)]
