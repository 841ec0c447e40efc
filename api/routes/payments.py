from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from api.amounts import level_of
from api.bodies import json_body
from api.deps import CurrentActor, CurrentScope, Parts, caught_up, current_actor, may
from api.errors import not_found
from api.models.common import Done
from api.models.payments import (
    Payment,
    PaymentDetail,
    PaymentEntry,
    PaymentPage,
    ReceiptBody,
    RefundBody,
)
from api.models.tenancy import ReasonBody
from api.pagination import PageDep, encode
from api.parts import Deps
from api.routes.tenancy import visible_tenant
from api.rows.payments import EntryRow, PaymentRow
from api.signing_in.proving import proven
from api.submit import Attempt, KeyedAttemptDep
from infra.db.scope import Scope
from schemas.access import Permission
from schemas.base import Command, PartnerId, TenantId
from schemas.billing.payment_types import PaymentStatus
from schemas.billing.payments import (
    AttemptPayment,
    CancelPayment,
    RecordReceipt,
    RefundPayment,
    WriteOffPayment,
)
from schemas.envelope import Actor

router = APIRouter(prefix="/payments", tags=["payments"], dependencies=[Depends(current_actor)])
READING = [may(Permission.PAYMENTS_READ), caught_up("payments")]
RECORDING = [may(Permission.PAYMENTS_RECORD)]
TenantQuery = Annotated[UUID | None, Query(description="Only this tenant's.")]
Reason = Annotated[ReasonBody, json_body(ReasonBody)]


@router.get("", response_model=PaymentPage, dependencies=READING, summary="List payments, newest first")
async def list_payments(
    parts: Parts,
    scope: CurrentScope,
    page: PageDep,
    tenant_id: TenantQuery = None,
    status: PaymentStatus | None = None,
) -> PaymentPage:
    if tenant_id is not None:
        await visible_tenant(parts, scope, tenant_id)
    found = await parts.reads.payments(scope, page.key, page.limit, tenant_id, status)
    items = [Payment(**shown(row)) for row in found.items]
    return PaymentPage(items=items, next_cursor=encode(found.next))


@router.get(
    "/{invoice_id}",
    response_model=PaymentDetail,
    response_model_exclude_unset=True,
    dependencies=READING,
    summary="Look at an invoice's payment, its attempts and refunds",
)
async def get_payment(
    parts: Parts, actor: CurrentActor, scope: CurrentScope, invoice_id: UUID
) -> PaymentDetail:
    row = await visible_payment(parts, scope, invoice_id)
    entries = await parts.reads.payment_entries(scope, invoice_id)
    return PaymentDetail(**shown(row), entries=[entry(actor, found) for found in entries])


@router.post(
    "/{invoice_id}/pay",
    response_model=Done,
    dependencies=[may(Permission.PAYMENTS_COLLECT)],
    summary="Collect an unpaid invoice now",
)
async def pay_now(parts: Parts, scope: CurrentScope, attempt: KeyedAttemptDep, invoice_id: UUID) -> Any:
    row = await visible_payment(parts, scope, invoice_id)
    return await ordered(attempt, row, AttemptPayment(**of(row)))


@router.post(
    "/{invoice_id}/receipt",
    response_model=Done,
    dependencies=RECORDING,
    summary="Record that the money came by transfer",
)
async def record_receipt(
    parts: Parts,
    scope: CurrentScope,
    attempt: KeyedAttemptDep,
    invoice_id: UUID,
    body: Annotated[ReceiptBody, json_body(ReceiptBody)],
) -> Any:
    row = await visible_payment(parts, scope, invoice_id)
    return await ordered(attempt, row, RecordReceipt(**of(row), reference=body.reference))


@router.post(
    "/{invoice_id}/refunds",
    response_model=Done,
    dependencies=[may(Permission.PAYMENTS_REFUND), proven()],
    summary="Pay back what was paid, whole or in part",
)
async def refund(
    parts: Parts,
    scope: CurrentScope,
    attempt: KeyedAttemptDep,
    invoice_id: UUID,
    body: Annotated[RefundBody, json_body(RefundBody)],
) -> Any:
    row = await visible_payment(parts, scope, invoice_id)
    command = RefundPayment(**of(row), refund_id=attempt.new_id("refund"), **dict(body))
    return await ordered(attempt, row, command)


@router.post(
    "/{invoice_id}/cancel",
    response_model=Done,
    dependencies=RECORDING,
    summary="Collect it no more: the invoice was withdrawn",
)
async def cancel(
    parts: Parts, scope: CurrentScope, attempt: KeyedAttemptDep, invoice_id: UUID, body: Reason
) -> Any:
    row = await visible_payment(parts, scope, invoice_id)
    return await ordered(attempt, row, CancelPayment(**of(row), reason=body.reason))


@router.post(
    "/{invoice_id}/write-off",
    response_model=Done,
    dependencies=[*RECORDING, proven()],
    summary="Expect the money no more: it becomes bad debt",
)
async def write_off(
    parts: Parts, scope: CurrentScope, attempt: KeyedAttemptDep, invoice_id: UUID, body: Reason
) -> Any:
    row = await visible_payment(parts, scope, invoice_id)
    return await ordered(attempt, row, WriteOffPayment(**of(row), reason=body.reason))


async def ordered(attempt: Attempt, row: PaymentRow, command: Command) -> Any:
    partner_id = PartnerId(row.partner_id) if row.partner_id else None
    answer = await attempt.send(command, TenantId(row.tenant_id), partner_id)
    if answer is None:
        return attempt.pending(id=row.id)
    return Done(id=row.id, position=answer.position)


async def visible_payment(parts: Deps, scope: Scope, invoice_id: UUID) -> PaymentRow:
    row = await parts.reads.payment(scope, invoice_id)
    if row is None:
        raise not_found("payment.not_found", "payment")
    return row


def of(row: PaymentRow) -> dict[str, Any]:
    return {"tenant_id": row.tenant_id, "invoice_id": row.id}


def shown(row: PaymentRow) -> dict[str, Any]:
    same = ("tenant_id", "number", "currency", "status", "due_at", "attempts", "provider", "reference")
    fields = {name: getattr(row, name) for name in (*same, "code", "message", "paid_at")}
    return {**fields, "invoice_id": row.id, "amount": row.amount_usd, "kept": row.kept_usd}


def entry(actor: Actor, row: EntryRow) -> PaymentEntry:
    """The double entry is the platform's books."""
    same = ("kind", "at", "attempt", "provider", "reference", "code", "reason")
    fields = {name: getattr(row, name) for name in same}
    books = {"postings": row.postings} if level_of(actor) == "platform" else {}
    return PaymentEntry(**fields, amount=row.amount_usd, **books)
