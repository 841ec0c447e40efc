"""What commands about invoices become in the fake world."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

from api.rows.invoices import CreditNoteRow, InvoiceRow, IssuerRow
from infra.documents.pdf import credit_note_pdf, invoice_pdf
from schemas.base import PartnerId, TenantId
from schemas.billing.taxes import TaxRate
from schemas.envelope import Envelope
from tests.api.fakes import NOW, FakeReads
from tests.support.faces import credit_note_face, invoice_face


def add_invoice(reads: FakeReads, tenant: TenantId, partner: PartnerId, id_: UUID, **changes: Any) -> UUID:
    """Issued, with the hash of its document."""
    own: dict[str, Any] = {"tenant_id": tenant, "partner_id": partner, "issuer": partner}
    face = invoice_face(**own, invoice_id=id_)
    row = InvoiceRow(
        id=id_,
        tenant_id=tenant,
        partner_id=partner,
        period=face.period,
        status="issued",
        price=Decimal("12.34"),
        created_at=NOW,
        face=face,
        document_hash=sha256(invoice_pdf(face)).hexdigest(),
    )
    reads.invoices_of[id_] = replace(row, **changes)
    return id_


def add_credit_note(reads: FakeReads, invoice_id: UUID, id_: UUID) -> UUID:
    tenant = reads.invoices_of[invoice_id].tenant_id
    face = credit_note_face(tenant_id=tenant, invoice_id=invoice_id, credit_note_id=id_)
    hash_ = sha256(credit_note_pdf(face)).hexdigest()
    reads.notes_of[id_] = CreditNoteRow(id_, tenant, invoice_id, face, hash_)
    return id_


def credit_invoice(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    add_credit_note(reads, command.invoice_id, command.credit_note_id)


def set_issuer(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    reads.issuers_of[command.partner_id] = IssuerRow(command.partner_id, command.prefix, command.branding)


def set_tax_profile(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    reads.profiles[command.tenant_id] = command.profile


def set_tax_rate(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    rate = {"name": command.name, "percent": command.percent, "effective_from": NOW}
    reads.rates.append(TaxRate(jurisdiction=command.jurisdiction, **rate))


def nothing(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    """Decided, and seen in no row here."""


MONEY = (
    *("ReverseEntry", "PostAdjustment", "ClosePeriod", "TopUpWallet", "SetPaymentMode"),
    *("SetTenantBudget", "SetSourceBudget", "SetPartnerBudget"),
)
PAYING = (
    *("SetPaymentMethod", "AttemptPayment", "LookAtPayment", "RecordReceipt", "CancelPayment"),
    *("WriteOffPayment", "RefundPayment", "SetDunningSchedule", "ExemptFromDunning", "EndDunningExemption"),
)
INVOICING: dict[str, Callable[[FakeReads, Envelope, Any], None]] = {
    "CreditInvoice": credit_invoice,
    "RetryInvoice": nothing,
    "SetIssuer": set_issuer,
    "SetTaxProfile": set_tax_profile,
    "SetTaxRate": set_tax_rate,
    **dict.fromkeys((*MONEY, *PAYING), nothing),
}
