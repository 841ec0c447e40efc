"""Makes a document and tells its hash. The bytes are made again, and compared, whenever they are wanted."""

from hashlib import sha256

from contexts.billing.ports import BillingPorts
from schemas.billing.invoices import CreditNoteNumbered, InvoiceNumbered, IssueCreditNote, IssueInvoice
from schemas.envelope import Recorded


async def make_invoice(event: InvoiceNumbered, recorded: Recorded, ports: BillingPorts) -> list[IssueInvoice]:
    content = await ports.documents.invoice(event)
    return [IssueInvoice(invoice_id=event.invoice_id, document_hash=sha256(content).hexdigest())]


async def make_credit_note(
    event: CreditNoteNumbered, recorded: Recorded, ports: BillingPorts
) -> list[IssueCreditNote]:
    content = await ports.documents.credit_note(event)
    return [
        IssueCreditNote(
            invoice_id=event.invoice_id,
            credit_note_id=event.credit_note_id,
            document_hash=sha256(content).hexdigest(),
        )
    ]
