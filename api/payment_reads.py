"""What the edge asks about payments and dunning. Row-level security decides what is seen."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from api.rows.payments import AccountRow, CaseRow, EntryRow, PaymentRow, StandingRow
from infra.db.scope import Scope
from schemas.billing.dunning import DunningStep
from schemas.billing.unpaid import Unpaid

if TYPE_CHECKING:
    from api.reads import Page


class PaymentReads(Protocol):
    async def payment(self, scope: Scope, invoice_id: UUID) -> PaymentRow | None: ...

    async def payment_entries(self, scope: Scope, invoice_id: UUID) -> Sequence[EntryRow]:
        """What happened to it, oldest first."""
        ...

    async def payments(
        self, scope: Scope, cursor: str | None, limit: int, tenant_id: UUID | None, status: str | None
    ) -> "Page[PaymentRow]":
        """Newest first."""
        ...

    async def payment_account(self, scope: Scope, tenant_id: UUID) -> AccountRow: ...

    async def dunning(self, scope: Scope, tenant_id: UUID) -> tuple[StandingRow, Sequence[CaseRow]]:
        """Where a tenant stands, and its unpaid invoices."""
        ...

    async def dunning_schedule(self, scope: Scope, partner_id: UUID) -> tuple[DunningStep, ...]:
        """The standard one where the partner has none."""
        ...

    async def unpaid(self, scope: Scope) -> Sequence[Unpaid]: ...
