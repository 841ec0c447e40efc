"""What the edge asks about statements and invoices."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from infra.db.scope import Scope
from schemas.billing.months import ClosedMonth, MonthTotal


class MoneyReads(Protocol):
    """A month's entries, added up; each function sees what `scope` allows."""

    async def month_of_tenant(self, scope: Scope, tenant_id: UUID, period: str) -> Sequence[MonthTotal]: ...

    async def month_of_partner(self, scope: Scope, partner_id: UUID, period: str) -> Sequence[MonthTotal]:
        """By tenant, kind and model."""
        ...

    async def month_of_all(
        self, scope: Scope, period: str
    ) -> tuple[Sequence[MonthTotal], Sequence[ClosedMonth]]:
        """Of everybody the asker may see, with the seals of the months that are closed."""
        ...
