"""A closed month is invoiced."""

from uuid import UUID, uuid5

from schemas.base import TenantId
from schemas.billing.corrections import PeriodClosed
from schemas.billing.invoices import RequestInvoice
from schemas.envelope import Recorded

INVOICE_IDS = UUID("0b6d7c1a-6a55-5a0b-8d0e-0d8f8c5c4f21")
"""Never changes: a month has one invoice for ever."""


def when_period_closed(event: PeriodClosed, recorded: Recorded) -> list[RequestInvoice]:
    return [
        RequestInvoice(
            invoice_id=invoice_id(event.tenant_id, event.period),
            tenant_id=event.tenant_id,
            partner_id=event.partner_id,
            period=event.period,
            price=event.price,
        )
    ]


def invoice_id(tenant_id: TenantId, period: str) -> UUID:
    return uuid5(INVOICE_IDS, f"{tenant_id}/{period}")
