"""An invoice, once issued."""

from dataclasses import dataclass

from contexts.kernel import Aggregate, Context
from schemas.billing.invoices import CreditNoteIssued, InvoiceIssued, IssueCreditNote, IssueInvoice


@dataclass(frozen=True)
class Invoice:
    number: str


def issue(state: Invoice | None, command: IssueInvoice, ctx: Context) -> list[InvoiceIssued]:
    return [] if state else [InvoiceIssued(**dict(command), issued_at=ctx.now)]


def credit(state: Invoice | None, command: IssueCreditNote, ctx: Context) -> list[CreditNoteIssued]:
    return [CreditNoteIssued(**dict(command))] if state else []


def evolve(state: Invoice | None, event: InvoiceIssued | CreditNoteIssued) -> Invoice:
    return state or Invoice(event.number)


INVOICE = Aggregate("invoice", Invoice, evolve)
