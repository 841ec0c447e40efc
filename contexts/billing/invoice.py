"""An invoice, once issued."""

from dataclasses import dataclass

from contexts.kernel import Aggregate, Context
from schemas.billing.invoices import InvoiceIssued, IssueInvoice


@dataclass(frozen=True)
class Invoice:
    number: str


def issue(state: Invoice | None, command: IssueInvoice, ctx: Context) -> list[InvoiceIssued]:
    return [] if state else [InvoiceIssued(**dict(command), issued_at=ctx.now)]


def evolve(state: Invoice | None, event: InvoiceIssued) -> Invoice:
    return Invoice(event.number)


INVOICE = Aggregate("invoice", Invoice, evolve)
