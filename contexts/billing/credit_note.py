"""What is taken back of an invoice: never more than was invoiced, under a number of its own series."""

from decimal import Decimal

from contexts.billing.drawing_up import number_taken
from contexts.billing.facts_invoices import DocumentFacts
from contexts.billing.invoice import Invoice, known
from contexts.billing.invoice_errors import CreditExceedsInvoice, CreditNoteExists, InvoiceNotIssued, NoIssuer
from contexts.billing.invoice_postings import credit_postings
from contexts.billing.issuer import Issuer, next_number
from contexts.billing.rounding import exact_sum, percent_of
from contexts.kernel import Context
from schemas.billing.invoices import (
    CreditInvoice,
    CreditNoteFace,
    CreditNoteIssued,
    CreditNoteNumbered,
    InvoiceNumbered,
    IssueCreditNote,
)
from schemas.billing.issuers import NumberTaken


def credit(
    state: Invoice | None, command: CreditInvoice, ctx: Context
) -> list[CreditNoteNumbered | NumberTaken]:
    facts: DocumentFacts = ctx.facts
    invoice = known(state, command.invoice_id)
    if existing := invoice.notes.get(command.credit_note_id):
        return same_or_refused(existing, command)
    if invoice.numbered is None or not invoice.issued:
        raise InvoiceNotIssued(f"invoice {command.invoice_id} is not issued yet, so nothing can be credited")
    if facts.issuer is None:
        raise NoIssuer(f"partner {invoice.request.partner_id} is not set up to issue credit notes")
    face = face_of(invoice, invoice.numbered, command, facts.issuer, ctx)
    taken = number_taken(facts.issuer, "credit_note", face.issuer, face.credit_note_id, face.tenant_id)
    return [CreditNoteNumbered(**dict(face)), taken]


def same_or_refused(
    existing: CreditNoteNumbered, command: CreditInvoice
) -> list[CreditNoteNumbered | NumberTaken]:
    if (existing.reason, existing.lines) == (command.reason, command.lines):
        return []
    raise CreditNoteExists(f"credit note {existing.number} exists with other details")


def face_of(
    invoice: Invoice, of: InvoiceNumbered, command: CreditInvoice, issuer: Issuer, ctx: Context
) -> CreditNoteFace:
    """It is taxed as its invoice was, and carries seller and buyer as that does."""
    net = exact_sum(line.amount for line in command.lines)
    tax = tax_back(invoice, of, net)
    return CreditNoteFace(
        credit_note_id=command.credit_note_id,
        number=next_number(issuer, "credit_note")[1],
        invoice_id=of.invoice_id,
        invoice_number=of.number,
        issuer=of.issuer,
        tenant_id=of.tenant_id,
        partner_id=of.partner_id,
        reason=command.reason,
        seller=of.seller,
        buyer=of.buyer,
        lines=command.lines,
        subtotal=net,
        taxation=of.taxation,
        tax=tax,
        total=net + tax,
        postings=credit_postings(of.tenant_id, net, tax, of.taxation.jurisdiction),
        issued_at=ctx.now,
    )


def tax_back(invoice: Invoice, of: InvoiceNumbered, net: Decimal) -> Decimal:
    """In proportion; with the last of an invoice goes the last of its tax, so that both end at nothing."""
    left = of.subtotal - exact_sum(note.subtotal for note in invoice.notes.values())
    tax_left = of.tax - exact_sum(note.tax for note in invoice.notes.values())
    if net > left:
        raise CreditExceedsInvoice(f"{net} is more than the {left} left of invoice {of.number}, net of tax")
    return tax_left if net == left else min(percent_of(net, of.taxation.percent), tax_left)


def issue_credit_note(
    state: Invoice | None, command: IssueCreditNote, ctx: Context
) -> list[CreditNoteIssued]:
    invoice = known(state, command.invoice_id)
    note = invoice.notes.get(command.credit_note_id)
    if note is None or command.credit_note_id in invoice.notes_issued:
        return []
    face = {name: getattr(note, name) for name in CreditNoteFace.model_fields}
    return [CreditNoteIssued(**face, document_hash=command.document_hash)]
