"""An invoice: asked for when its month is closed, drawn up under a number, issued, never changed.

Drawing up fixes all that stands on the document, in one decision with the number; the document is made
from that, and its hash completes the invoice. A worker that dies in between leaves no gap: it is made again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from uuid import UUID

from contexts.billing.carryover import after_invoice, after_nothing_due, carried
from contexts.billing.drawing_up import face_of, number_taken
from contexts.billing.facts_invoices import DocumentFacts
from contexts.billing.invoice_errors import (
    InvoiceNotBlocked,
    InvoiceNotFound,
    LinesDoNotAddUp,
    NoIssuer,
    NoTaxRate,
)
from contexts.billing.invoice_lines import residual_of, total_of
from contexts.billing.invoice_postings import invoice_postings
from contexts.billing.rounding import exact_sum
from contexts.kernel import Aggregate, Context, Rejection
from schemas.billing.carryover import CreditCarried
from schemas.billing.invoices import (
    CreditNoteIssued,
    CreditNoteNumbered,
    DrawUpInvoice,
    InvoiceBlocked,
    InvoiceFace,
    InvoiceIssued,
    InvoiceNumbered,
    InvoiceRequested,
    InvoiceSkipped,
    IssueInvoice,
    RequestInvoice,
    RetryInvoice,
)
from schemas.billing.issuers import NumberTaken

InvoiceEvent = (
    InvoiceRequested
    | InvoiceBlocked
    | InvoiceSkipped
    | InvoiceNumbered
    | InvoiceIssued
    | CreditNoteNumbered
    | CreditNoteIssued
)
DrawnUp = InvoiceNumbered | NumberTaken | CreditCarried | InvoiceBlocked | InvoiceSkipped


@dataclass(frozen=True)
class Invoice:
    """`blocked`: it waits for a retry. `notes`: its credit notes, with whether each is issued."""

    request: InvoiceRequested
    blocked: bool = False
    skipped: bool = False
    numbered: InvoiceNumbered | None = None
    issued: bool = False
    notes: Mapping[UUID, CreditNoteNumbered] = field(default_factory=dict)
    notes_issued: frozenset[UUID] = frozenset()


def request(state: Invoice | None, command: RequestInvoice, ctx: Context) -> list[InvoiceRequested]:
    return [] if state else [InvoiceRequested(**dict(command))]


def retry(state: Invoice | None, command: RetryInvoice, ctx: Context) -> list[InvoiceRequested]:
    invoice = known(state, command.invoice_id)
    if not invoice.blocked:
        raise InvoiceNotBlocked(f"nothing stands in the way of invoice {command.invoice_id}")
    return [InvoiceRequested(**dict(invoice.request))]


def draw_up(state: Invoice | None, command: DrawUpInvoice, ctx: Context) -> list[DrawnUp]:
    """What stands in the way is an event: somebody has to see it and put it right."""
    invoice = known(state, command.invoice_id)
    if invoice.numbered or invoice.skipped or invoice.blocked:
        return []
    try:
        require_sum(command, invoice.request.price)
        return skipped(command, invoice.request, ctx) or numbered(command, invoice.request, ctx)
    except (LinesDoNotAddUp, NoIssuer, NoTaxRate) as problem:
        return [blocked(command.invoice_id, problem)]


def require_sum(command: DrawUpInvoice, price: Decimal) -> None:
    """The lines come from the read model; the ledger itself said what they must come to."""
    found = exact_sum(line.price for line in command.months)
    if found != price:
        raise LinesDoNotAddUp(f"the lines come to {found}, the closed ledger to {price}")


def blocked(invoice_id: UUID, problem: Rejection) -> InvoiceBlocked:
    return InvoiceBlocked(invoice_id=invoice_id, code=problem.code, detail=problem.refusal.detail)


def skipped(command: DrawUpInvoice, asked: InvoiceRequested, ctx: Context) -> list[DrawnUp]:
    """No document for nothing. What a month of more credit than use left goes to the next invoice."""
    facts: DocumentFacts = ctx.facts
    total = total_of(command.months)
    if total > 0:
        return []
    event = InvoiceSkipped(
        invoice_id=command.invoice_id,
        reason="nothing_due" if total == 0 else "credit_balance",
        price=asked.price,
        postings=invoice_postings(command.tenant_id, residual_of(command.months), Decimal(0), None),
    )
    left = after_nothing_due(facts.carryover, asked.period, command.months)
    return [event, *carried(facts.carryover, left, asked)]


def numbered(command: DrawUpInvoice, asked: InvoiceRequested, ctx: Context) -> list[DrawnUp]:
    facts: DocumentFacts = ctx.facts
    if facts.issuer is None:
        raise NoIssuer(f"partner {asked.partner_id} is not set up to issue invoices")
    face = face_of(asked, command.months, facts.issuer, facts, ctx.now)
    taken = number_taken(facts.issuer, "invoice", face.issuer, face.invoice_id, face.tenant_id)
    left = after_invoice(facts.carryover, face)
    return [InvoiceNumbered(**dict(face)), taken, *carried(facts.carryover, left, asked)]


def issue(state: Invoice | None, command: IssueInvoice, ctx: Context) -> list[InvoiceIssued]:
    invoice = known(state, command.invoice_id)
    if invoice.numbered is None or invoice.issued:
        return []
    face = {name: getattr(invoice.numbered, name) for name in InvoiceFace.model_fields}
    return [InvoiceIssued(**face, document_hash=command.document_hash)]


def known(state: Invoice | None, invoice_id: UUID) -> Invoice:
    if state is None:
        raise InvoiceNotFound(f"there is no invoice {invoice_id}")
    return state


def evolve(state: Invoice | None, event: InvoiceEvent) -> Invoice:
    if state is None or isinstance(event, InvoiceRequested):
        assert isinstance(event, InvoiceRequested), "an invoice begins by being asked for"
        return Invoice(event)
    match event:
        case InvoiceBlocked():
            return replace(state, blocked=True)
        case InvoiceSkipped():
            return replace(state, skipped=True)
        case InvoiceNumbered():
            return replace(state, numbered=event)
        case InvoiceIssued():
            return replace(state, issued=True)
        case CreditNoteNumbered():
            return replace(state, notes={**state.notes, event.credit_note_id: event})
        case CreditNoteIssued():
            return replace(state, notes_issued=state.notes_issued | {event.credit_note_id})


INVOICE = Aggregate("invoice", Invoice, evolve)
