"""Invoices: look at them, correct them by credit notes."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from api.bodies import json_body
from api.deps import CurrentActor, CurrentScope, Parts, caught_up, current_actor, may
from api.errors import not_found
from api.models import invoices as m
from api.models.common import Done
from api.pagination import PageDep, encode
from api.parts import Deps
from api.routes.billing import TenantId
from api.routes.tenancy import visible_tenant
from api.rows.invoices import CreditNoteRow, InvoiceFilter, InvoiceRow, InvoiceStatus
from api.signing_in.proving import proven
from api.submit import Attempt, AttemptDep, KeyedAttemptDep
from infra.db.scope import Scope
from schemas.access import Permission
from schemas.billing.invoices import CreditInvoice, RetryInvoice
from schemas.billing.types import MONTH
from schemas.envelope import Actor

router = APIRouter(tags=["invoices"], dependencies=[Depends(current_actor)])

READABLE = [may(Permission.INVOICES_READ), caught_up("invoices")]
Period = Annotated[str | None, Query(pattern=MONTH, description="Only this month's.")]
Status = Annotated[InvoiceStatus | None, Query(description="Only these. Tenants see issued ones.")]


@router.get(
    "/invoices", response_model=m.InvoicePage, dependencies=READABLE, summary="List invoices, newest first"
)
async def list_invoices(
    parts: Parts,
    actor: CurrentActor,
    scope: CurrentScope,
    page: PageDep,
    tenant_id: TenantId = None,
    period: Period = None,
    status: Status = None,
) -> m.InvoicePage:
    if tenant_id is not None:
        await visible_tenant(parts, scope, tenant_id)
    wanted = InvoiceFilter(tenant_id, period, "issued" if is_tenant(actor) else status)
    found = await parts.reads.invoices(scope, page.key, page.limit, wanted)
    return m.InvoicePage(items=[summary(row) for row in found.items], next_cursor=encode(found.next))


@router.get(
    "/invoices/{invoice_id}", response_model=m.Invoice, dependencies=READABLE, summary="Look at an invoice"
)
async def get_invoice(parts: Parts, actor: CurrentActor, scope: CurrentScope, invoice_id: UUID) -> m.Invoice:
    row = await visible_invoice(parts, actor, scope, invoice_id)
    notes = await parts.reads.credit_notes(scope, invoice_id)
    face = row.face
    return m.Invoice(
        **dict(summary(row)),
        subtotal=face and face.subtotal,
        tax=face and face.tax,
        prepaid=face and face.prepaid,
        taxation=face and face.taxation,
        buyer=face and face.buyer,
        lines=[m.Line(**line.model_dump(exclude={"prepaid"})) for line in face.lines] if face else [],
        credit_notes=[credit_note(note) for note in notes],
    )


@router.post(
    "/invoices/{invoice_id}/credit-notes",
    status_code=201,
    response_model=Done,
    dependencies=[may(Permission.INVOICES_ISSUE), proven()],
    summary="Take back a part of an invoice",
)
async def credit_invoice(
    parts: Parts,
    actor: CurrentActor,
    scope: CurrentScope,
    attempt: KeyedAttemptDep,
    invoice_id: UUID,
    body: Annotated[m.CreditBody, json_body(m.CreditBody)],
) -> Any:
    """The only correction there is. Its document can be read a moment later."""
    row = await visible_invoice(parts, actor, scope, invoice_id)
    made = attempt.new_id("credit note")
    command = CreditInvoice(invoice_id=row.id, credit_note_id=made, reason=body.reason, lines=body.lines)
    return await order(attempt, row, command, made)


@router.post(
    "/invoices/{invoice_id}/retry",
    response_model=Done,
    dependencies=[may(Permission.INVOICES_ISSUE)],
    summary="Draw up a blocked invoice again",
)
async def retry_invoice(
    parts: Parts, actor: CurrentActor, scope: CurrentScope, attempt: AttemptDep, invoice_id: UUID
) -> Any:
    row = await visible_invoice(parts, actor, scope, invoice_id)
    return await order(attempt, row, RetryInvoice(invoice_id=row.id), row.id)


async def order(attempt: Attempt, row: InvoiceRow, command: CreditInvoice | RetryInvoice, made: UUID) -> Any:
    answer = await attempt.send(command, row.tenant_id, row.partner_id)
    return attempt.pending(id=made) if answer is None else Done(id=made, position=answer.position)


def is_tenant(actor: Actor) -> bool:
    return actor.tenant_id is not None


async def visible_invoice(parts: Deps, actor: Actor, scope: Scope, invoice_id: UUID) -> InvoiceRow:
    """A tenant's are those that were issued to it."""
    row = await parts.reads.invoice(scope, invoice_id)
    if row is None or (is_tenant(actor) and row.status != "issued"):
        raise not_found("billing.invoice_not_found", "invoice")
    return row


def summary(row: InvoiceRow) -> m.InvoiceSummary:
    face = row.face
    return m.InvoiceSummary(
        id=row.id,
        tenant_id=row.tenant_id,
        period=row.period,
        status=row.status,
        currency="USD",
        number=face and face.number,
        total=face and face.total,
        due=face and face.due,
        credited=row.credited,
        issued_at=face and face.issued_at,
        due_at=face and face.due_at,
        document_hash=row.document_hash,
        problem=row.problem_detail and f"{row.problem_code}: {row.problem_detail}",
    )


def credit_note(row: CreditNoteRow) -> m.CreditNote:
    face = row.face
    return m.CreditNote(
        id=row.id,
        invoice_id=row.invoice_id,
        number=face.number,
        reason=face.reason,
        subtotal=face.subtotal,
        tax=face.tax,
        total=face.total,
        issued_at=face.issued_at,
        document_hash=row.document_hash,
    )
