"""The documents themselves, made again from what was recorded and compared with the hash on the ledger."""

import asyncio
from collections.abc import Callable
from hashlib import sha256
from typing import Any, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.responses import Response

from api.deps import CurrentActor, CurrentScope, Parts, current_actor, may
from api.errors import ApiProblem, not_found
from api.parts import Deps
from api.routes.billing import Period
from api.routes.invoices import READABLE, visible_invoice
from api.routes.statements import UP_TO_DATE, PartnerId, wanted_partner
from api.rows.invoices import CreditNoteRow
from api.statement_sheet import statement_pdf
from infra.db.scope import Scope
from infra.documents.html import credit_note_page, invoice_page
from infra.documents.pdf import credit_note_pdf, data_of, invoice_pdf
from schemas.access import Permission
from schemas.billing.invoices import CreditNoteFace, InvoiceFace

router = APIRouter(tags=["invoices"], dependencies=[Depends(current_actor)])
F = TypeVar("F", InvoiceFace, CreditNoteFace)
Responses = dict[int | str, dict[str, Any]]

PDF: Responses = {200: {"content": {"application/pdf": {"example": "%PDF-1.7 …"}}}}
HTML: Responses = {200: {"content": {"text/html": {"example": "<!doctype html>…"}}}}
FIGURES = {"number": "NW-000042", "total": "14.68"}
JSON: Responses = {200: {"content": {"application/json": {"example": FIGURES}}}}
ALONE = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
"""Names in a document come from outside: nothing of it runs, nothing is loaded."""


@router.get(
    "/invoices/{invoice_id}/document.pdf",
    dependencies=READABLE,
    response_class=Response,
    responses=PDF,
    summary="An invoice as PDF",
)
async def invoice_document(
    parts: Parts, actor: CurrentActor, scope: CurrentScope, invoice_id: UUID
) -> Response:
    face, known = await issued_invoice(parts, actor, scope, invoice_id)
    return await checked(invoice_pdf, face, known)


@router.get(
    "/invoices/{invoice_id}/document.html",
    dependencies=READABLE,
    response_class=Response,
    responses=HTML,
    summary="An invoice as a page",
)
async def invoice_html(parts: Parts, actor: CurrentActor, scope: CurrentScope, invoice_id: UUID) -> Response:
    face, _ = await issued_invoice(parts, actor, scope, invoice_id)
    return Response(invoice_page(face), media_type="text/html", headers=ALONE)


@router.get(
    "/invoices/{invoice_id}/document.json",
    dependencies=READABLE,
    response_class=Response,
    responses=JSON,
    summary="An invoice's figures, as they are attached to its PDF",
)
async def invoice_json(parts: Parts, actor: CurrentActor, scope: CurrentScope, invoice_id: UUID) -> Response:
    face, _ = await issued_invoice(parts, actor, scope, invoice_id)
    return Response(data_of(face), media_type="application/json")


@router.get(
    "/credit-notes/{credit_note_id}/document.pdf",
    dependencies=READABLE,
    response_class=Response,
    responses=PDF,
    summary="A credit note as PDF",
)
async def credit_note_document(parts: Parts, scope: CurrentScope, credit_note_id: UUID) -> Response:
    row = await issued_note(parts, scope, credit_note_id)
    return await checked(credit_note_pdf, row.face, row.document_hash)


@router.get(
    "/credit-notes/{credit_note_id}/document.html",
    dependencies=READABLE,
    response_class=Response,
    responses=HTML,
    summary="A credit note as a page",
)
async def credit_note_html(parts: Parts, scope: CurrentScope, credit_note_id: UUID) -> Response:
    row = await issued_note(parts, scope, credit_note_id)
    return Response(credit_note_page(row.face), media_type="text/html", headers=ALONE)


@router.get(
    "/statements/partner.pdf",
    dependencies=[may(Permission.EARNINGS_READ), UP_TO_DATE],
    response_class=Response,
    responses=PDF,
    summary="A partner's statement as PDF",
)
async def partner_statement_document(
    parts: Parts, actor: CurrentActor, scope: CurrentScope, period: Period, partner_id: PartnerId = None
) -> Response:
    partner = await wanted_partner(parts, actor, scope, partner_id)
    content = await statement_pdf(parts.reads, scope, partner, period)
    return pdf(content, f"statement-{period}")


async def issued_invoice(
    parts: Parts, actor: CurrentActor, scope: Scope, invoice_id: UUID
) -> tuple[InvoiceFace, str]:
    row = await visible_invoice(parts, actor, scope, invoice_id)
    if row.face is None or row.document_hash is None:
        raise ApiProblem(409, "billing.invoice_not_issued", "This invoice has no document yet.")
    return row.face, row.document_hash


async def issued_note(parts: Deps, scope: Scope, credit_note_id: UUID) -> CreditNoteRow:
    row = await parts.reads.credit_note(scope, credit_note_id)
    if row is None or row.document_hash is None:
        raise not_found("billing.credit_note_not_found", "credit note")
    return row


async def checked(make: Callable[[F], bytes], face: F, known: str | None) -> Response:
    """Another document than the one that was issued is never handed out."""
    content = await asyncio.to_thread(make, face)
    if sha256(content).hexdigest() != known:
        raise ApiProblem(500, "billing.document_differs", "The document is not the one that was issued.")
    return pdf(content, face.number)


def pdf(content: bytes, name: str) -> Response:
    headers = {
        "Content-Disposition": f'inline; filename="{name.replace("/", "-")}.pdf"',
        "ETag": f'"{sha256(content).hexdigest()}"',
    }
    return Response(content, media_type="application/pdf", headers=headers)
