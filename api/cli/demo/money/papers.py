"""Documents as files: the PDF that the ledger has the hash of, and its pages as pictures."""

from hashlib import sha256
from pathlib import Path

from api.cli.demo.money.stage import Stage
from api.cli.telling.errors import StoryFailed
from api.reads import PLATFORM_SCOPE
from api.rows.invoices import CreditNoteRow, InvoiceRow
from api.statement_sheet import TEMPLATE, partner_sheet, statement_pdf
from infra.documents.pdf import credit_note_pdf, invoice_pdf
from infra.documents.pictures import pictures
from infra.documents.sheet import Sheet, credit_note_sheet, invoice_sheet
from schemas.billing.invoices import InvoiceFace


def put_invoice(folder: Path, row: InvoiceRow) -> InvoiceFace:
    if row.face is None:
        raise StoryFailed(f"the invoice of {row.period} is {row.status}")
    made = invoice_pdf(row.face)
    compare(made, row.document_hash, row.face.number)
    put(folder, f"{row.period}-{row.face.number}", made, invoice_sheet(row.face), row.face.template)
    return row.face


def put_credit_note(folder: Path, row: CreditNoteRow) -> None:
    made = credit_note_pdf(row.face)
    compare(made, row.document_hash, row.face.number)
    put(folder, row.face.number, made, credit_note_sheet(row.face), row.face.template)


async def put_statement(stage: Stage, period: str) -> None:
    partner = await stage.reads.partner(PLATFORM_SCOPE, stage.cast.partner_id)
    if partner is None:
        raise StoryFailed("the partner is not to be seen")
    made = await statement_pdf(stage.reads, PLATFORM_SCOPE, partner, period)
    sheet = await partner_sheet(stage.reads, PLATFORM_SCOPE, partner, period)
    put(stage.folder, f"{period}-partner-statement", made, sheet, TEMPLATE)


def compare(made: bytes, known: str | None, number: str) -> None:
    if sha256(made).hexdigest() != known:
        raise StoryFailed(f"{number} is not the document the ledger has the hash of")


def put(folder: Path, name: str, made: bytes, sheet: Sheet, template: int) -> None:
    (folder / f"{name}.pdf").write_bytes(made)
    for number, page in enumerate(pictures(sheet, template), start=1):
        (folder / f"{name}-{number}.png").write_bytes(page)
