"""Invoices: what a tenant owes for a month, as a document."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pydantic import AwareDatetime

from schemas.base import Command, Event, PartnerId, TenantId


class IssueInvoice(Command, type_name="billing.invoice.issue", stream="invoice-{0.invoice_id}"):
    invoice_id: UUID
    number: str
    issuer: PartnerId
    tenant_id: TenantId
    partner_id: PartnerId
    period: str
    subtotal: Decimal
    total: Decimal
    due: Decimal
    due_at: AwareDatetime


class IssueCreditNote(
    Command, type_name="billing.invoice.issue_credit_note", stream="invoice-{0.invoice_id}"
):
    invoice_id: UUID
    credit_note_id: UUID
    tenant_id: TenantId
    number: str
    reason: str
    total: Decimal


class InvoiceIssued(Event, type_name="billing.invoice.issued", stream="invoice-{0.invoice_id}"):
    invoice_id: UUID
    number: str
    issuer: PartnerId
    tenant_id: TenantId
    partner_id: PartnerId
    period: str
    currency: str = "USD"
    lines: tuple[dict[str, str], ...] = ()
    subtotal: Decimal
    tax: Decimal = Decimal(0)
    total: Decimal
    due: Decimal
    issued_at: datetime
    due_at: datetime
    document_hash: str = ""


class CreditNoteIssued(Event, type_name="billing.invoice.credit_note_issued"):
    credit_note_id: UUID
    number: str
    invoice_id: UUID
    tenant_id: TenantId
    reason: str
    total: Decimal
