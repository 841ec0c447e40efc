"""`hb invoices`."""

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import get_args
from uuid import UUID, uuid4

from pydantic import ValidationError
from rich.markup import escape

from api.cli.endpoints import find
from api.cli.errors import Refused
from api.cli.look import TICK, out, table, usd
from api.cli.operate import desk
from api.cli.runs import reads
from api.reads import PLATFORM_SCOPE
from api.rows.invoices import CreditNoteRow, InvoiceFilter, InvoiceRow, InvoiceStatus
from infra.documents.pdf import invoice_pdf
from infra.documents.words import what_for
from infra.settings import Settings
from schemas.billing.invoices import CreditInvoice, CreditLine, InvoiceFace, RetryInvoice

CENTS = 2


def show_all(settings: Settings, status: str | None, period: str | None, limit: int) -> None:
    if status not in (None, *get_args(InvoiceStatus)):
        raise Refused(f"there is no status {status}.", f"There are: {', '.join(get_args(InvoiceStatus))}.")
    wanted = InvoiceFilter(period=period, status=status)  # type: ignore[arg-type]
    rows = asyncio.run(read_all(settings, wanted, limit))
    if not rows:
        out.print("No invoices.")
        return
    made = table("invoice", "number", "month", "status", "to", "due", "note", right=("due",))
    made.columns[0].no_wrap = True
    for row in rows:
        face = row.face
        due, to = (usd(face.due, CENTS), escape(face.buyer.name)) if face else ("", str(row.tenant_id))
        made.add_row(str(row.id), face.number if face else "", row.period, row.status, to, due, note(row))
    out.print(made)


def note(row: InvoiceRow) -> str:
    if row.problem_detail:
        return f"[warn]{escape(row.problem_detail)}[/]"
    return f"credited {usd(row.credited, CENTS)}" if row.credited else ""


async def read_all(settings: Settings, wanted: InvoiceFilter, limit: int) -> Sequence[InvoiceRow]:
    async with reads(settings) as at:
        return (await at.invoices(PLATFORM_SCOPE, None, limit, wanted)).items


async def read(settings: Settings, invoice: UUID) -> tuple[InvoiceRow, Sequence[CreditNoteRow]]:
    async with reads(settings) as at:
        row = await at.invoice(PLATFORM_SCOPE, invoice)
        if row is None:
            raise Refused(f"there is no invoice {invoice}.", "`./justw hb invoices list` lists them.")
        return row, await at.credit_notes(PLATFORM_SCOPE, invoice)


def show_one(settings: Settings, invoice: UUID) -> None:
    row, notes = asyncio.run(read(settings, invoice))
    out.print(f"[name]{row.face.number if row.face else invoice}[/]  {row.period}  {row.status}  {note(row)}")
    if row.face:
        draw(row.face)
    for one in notes:
        out.print(f"{one.face.number}  {usd(-one.face.total, CENTS)}  {escape(one.face.reason)}")


def draw(face: InvoiceFace) -> None:
    made = table("what for", "model", "calls", "tokens", "amount", right=("calls", "tokens", "amount"))
    for one in face.lines:
        what = escape(what_for(one.kind, one.source_name, one.about_period))
        made.add_row(what, one.model, str(one.calls), str(one.tokens), usd(one.amount, CENTS))
    for name, amount in (("subtotal", face.subtotal), (face.taxation.name, face.tax), ("due", face.due)):
        made.add_row(f"[name]{name}[/]", "", "", "", usd(amount, CENTS))
    out.print(made)
    if face.taxation.note:
        out.print(f"[quiet]{escape(face.taxation.note)}[/]")


def save_pdf(settings: Settings, invoice: UUID, to: Path | None) -> None:
    row, _ = asyncio.run(read(settings, invoice))
    if row.face is None or row.document_hash is None:
        raise Refused(f"invoice {invoice} is {row.status}: it has no document yet.", "")
    content = invoice_pdf(row.face)
    if sha256(content).hexdigest() != row.document_hash:
        raise Refused("the document is not the one that was issued.", "Use the version that issued it.")
    target = to or Path(f"{row.face.number.replace('/', '-')}.pdf")
    target.write_bytes(content)
    out.print(f"{TICK} {target}  sha256 {row.document_hash}")


def credit(settings: Settings, invoice: UUID, amount: str, reason: str) -> None:
    row, _ = asyncio.run(read(settings, invoice))
    try:
        line = CreditLine(description=reason, amount=Decimal(amount))
        command = CreditInvoice(invoice_id=invoice, credit_note_id=uuid4(), reason=reason, lines=(line,))
    except (ValidationError, ArithmeticError) as error:
        raise Refused(
            f"{amount} for {reason!r} cannot be credited.", "Say dollars and cents, and why."
        ) from error
    asyncio.run(order(settings, row, command))
    out.print(f"{TICK} credit note {command.credit_note_id} takes back {usd(line.amount, CENTS)} before tax")


def retry(settings: Settings, invoice: UUID) -> None:
    row, _ = asyncio.run(read(settings, invoice))
    asyncio.run(order(settings, row, RetryInvoice(invoice_id=invoice)))
    out.print(f"{TICK} it is drawn up again")


async def order(settings: Settings, row: InvoiceRow, command: CreditInvoice | RetryInvoice) -> None:
    async with desk(find(settings)) as at:
        await at.seen(await at.order(command, row.tenant_id, row.partner_id), "invoices")
