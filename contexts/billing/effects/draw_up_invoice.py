"""Reads what a closed month came to. Repeating it does no harm."""

from contexts.billing.invoice_lines import month_lines
from contexts.billing.ports import BillingPorts
from schemas.billing.invoices import DrawUpInvoice, InvoiceRequested
from schemas.envelope import Recorded


async def draw_up_invoice(
    event: InvoiceRequested, recorded: Recorded, ports: BillingPorts
) -> list[DrawUpInvoice]:
    """The ledger was closed before this was asked for, so its month is whole at this position."""
    rows = await ports.months.totals(event.tenant_id, event.period, recorded.position)
    return [
        DrawUpInvoice(
            invoice_id=event.invoice_id,
            tenant_id=event.tenant_id,
            partner_id=event.partner_id,
            months=month_lines(rows),
        )
    ]
