"""What billing needs from outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from contexts.billing.payment_ports import PaymentProvider
from schemas.base import TenantId
from schemas.billing.invoices import CreditNoteFace, InvoiceFace
from schemas.billing.months import MonthTotal
from schemas.billing.payment_accounts import ProviderName


class Months(Protocol):
    async def totals(self, tenant_id: TenantId, period: str, position: int) -> Sequence[MonthTotal]:
        """A month as the read model has it, not before it has passed `position`: else it raises."""
        ...


class Documents(Protocol):
    """The same face gives the same bytes, at any time and anywhere."""

    async def invoice(self, face: InvoiceFace) -> bytes: ...

    async def credit_note(self, face: CreditNoteFace) -> bytes: ...


@dataclass(frozen=True)
class BillingPorts:
    """`providers`: of payments; one that is not set up here is absent."""

    months: Months
    documents: Documents
    providers: Mapping[ProviderName, PaymentProvider]
