"""A closed month becomes an invoice: asked for, drawn up under a number, issued with its document's hash."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from schemas.base import Command, Event, PartnerId, TenantId, Value
from schemas.billing.issuers import Branding, Line
from schemas.billing.taxes import Taxation
from schemas.billing.types import Posting

INVOICE = "invoice-{0.invoice_id}"
MAX_LINES = 300

Cents = Annotated[Decimal, Field(max_digits=38, decimal_places=2)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class MonthLine(Value):
    """What a closed month came to for one thing; `prepaid` of the price was drawn from a wallet."""

    kind: str
    source_kind: str
    source_id: str
    source_name: str
    model: str
    about_period: str
    calls: int
    tokens: int
    price: Decimal
    prepaid: Decimal = Decimal(0)


class InvoiceLine(MonthLine):
    """`amount` is `price` rounded to cents, half-even, once."""

    amount: Cents


class Buyer(Value):
    tenant_id: TenantId
    name: Line
    address: tuple[Line, ...] = ()
    country: str | None = None
    vat_id: str | None = None


class InvoiceFace(Value):
    """All that stands on the document, and all it is made from: the same face gives the same bytes.

    total = subtotal + tax; due = total - prepaid. `residual` is what rounding left, posted to `rounding`.
    `template` names the form the document has for ever.
    """

    invoice_id: UUID
    number: str
    issuer: PartnerId
    tenant_id: TenantId
    partner_id: PartnerId
    period: str
    currency: Literal["USD"] = "USD"
    seller: Branding
    buyer: Buyer
    lines: tuple[InvoiceLine, ...]
    subtotal: Cents
    taxation: Taxation
    tax: Cents
    total: Cents
    prepaid: Cents = Decimal(0)
    due: Cents
    residual: Decimal
    postings: tuple[Posting, ...]
    issued_at: datetime
    due_at: datetime
    template: int = 1


class CreditLine(Value):
    description: Line
    amount: Annotated[Decimal, Field(gt=0, max_digits=38, decimal_places=2)]


class CreditNoteFace(Value):
    """What stands on a credit note; `invoice_number` is the invoice it takes back a part of."""

    credit_note_id: UUID
    number: str
    invoice_id: UUID
    invoice_number: str
    issuer: PartnerId
    tenant_id: TenantId
    partner_id: PartnerId
    currency: Literal["USD"] = "USD"
    reason: Reason
    seller: Branding
    buyer: Buyer
    lines: tuple[CreditLine, ...]
    subtotal: Cents
    taxation: Taxation
    tax: Cents
    total: Cents
    postings: tuple[Posting, ...]
    issued_at: datetime
    template: int = 1


class RequestInvoice(Command, type_name="billing.invoice.request", stream=INVOICE):
    """`price` is what the month's closed ledger says its entries came to."""

    invoice_id: UUID
    tenant_id: TenantId
    partner_id: PartnerId
    period: str
    price: Decimal


class DrawUpInvoice(Command, type_name="billing.invoice.draw_up", stream=INVOICE):
    """The month's totals, as the read model has them after the month was closed."""

    invoice_id: UUID
    tenant_id: TenantId
    partner_id: PartnerId
    months: tuple[MonthLine, ...] = Field(max_length=MAX_LINES)


class IssueInvoice(Command, type_name="billing.invoice.issue", stream=INVOICE):
    invoice_id: UUID
    document_hash: Hash


class RetryInvoice(Command, type_name="billing.invoice.retry", stream=INVOICE):
    """What stood in the way of a blocked one has been put right."""

    invoice_id: UUID


class CreditInvoice(Command, type_name="billing.invoice.credit", stream=INVOICE):
    """The only way to correct an invoice. Amounts are net of tax."""

    invoice_id: UUID
    credit_note_id: UUID
    reason: Reason
    lines: tuple[CreditLine, ...] = Field(min_length=1, max_length=50)


class IssueCreditNote(Command, type_name="billing.invoice.issue_credit_note", stream=INVOICE):
    invoice_id: UUID
    credit_note_id: UUID
    document_hash: Hash


class InvoiceRequested(Event, type_name="billing.invoice.requested"):
    invoice_id: UUID
    tenant_id: TenantId
    partner_id: PartnerId
    period: str
    price: Decimal


class InvoiceBlocked(Event, type_name="billing.invoice.blocked"):
    """It cannot be drawn up until somebody has put something right. No number was taken."""

    invoice_id: UUID
    code: str
    detail: str


class InvoiceSkipped(Event, type_name="billing.invoice.skipped"):
    """Nothing is due for the month: no document, no number. What was owed in fractions is rounded away."""

    invoice_id: UUID
    reason: Literal["nothing_due", "credit_balance"]
    price: Decimal
    postings: tuple[Posting, ...]


class InvoiceNumbered(InvoiceFace, Event, type_name="billing.invoice.numbered"):
    """Drawn up, with its number for ever. Its document is made from this, and from nothing else."""


class InvoiceIssued(InvoiceFace, Event, type_name="billing.invoice.issued"):
    """Never changes; corrected by credit notes only. `document_hash` is the SHA-256 of the PDF."""

    document_hash: Hash


class CreditNoteNumbered(CreditNoteFace, Event, type_name="billing.invoice.credit_note_numbered"):
    """Its document is made from this."""


class CreditNoteIssued(CreditNoteFace, Event, type_name="billing.invoice.credit_note_issued"):
    document_hash: Hash
