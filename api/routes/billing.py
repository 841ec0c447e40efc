from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from api.amounts import amounts, level_of
from api.deps import CurrentActor, CurrentScope, Parts, caught_up, current_actor, may
from api.errors import invalid
from api.models.billing import Bill, BillCredit, BillLine, LedgerEntry, LedgerPage
from api.pagination import PageDep, encode
from api.routes.tenancy import visible_tenant
from api.rows.billing import BillLine as LineRow
from api.rows.billing import BillRow, LedgerRow
from schemas.access import Level, Permission
from schemas.billing.types import MONTH
from schemas.envelope import Actor, Problem

router = APIRouter(
    prefix="/ledger",
    tags=["billing"],
    dependencies=[Depends(current_actor), may(Permission.LEDGER_READ)],
)

BASIS: dict[Level, tuple[str, ...]] = {"platform": ("pricing", "postings")}
"""What an entry was computed from, and its double entry: the platform's books."""

TenantId = Annotated[UUID | None, Query(description="Only this tenant's. Needed where you have several.")]
JobId = Annotated[UUID | None, Query(description="Only this run's.")]
Period = Annotated[str, Query(pattern=MONTH, description="The month, YYYY-MM.")]


@router.get(
    "/entries",
    response_model=LedgerPage,
    response_model_exclude_unset=True,
    dependencies=[caught_up("ledger_entries")],
    summary="List ledger entries, newest first",
)
async def list_entries(
    parts: Parts,
    actor: CurrentActor,
    scope: CurrentScope,
    page: PageDep,
    tenant_id: TenantId = None,
    job_id: JobId = None,
) -> LedgerPage:
    if tenant_id is not None:
        await visible_tenant(parts, scope, tenant_id)
    found = await parts.reads.ledger_entries(scope, page.key, page.limit, tenant_id, job_id)
    return LedgerPage(items=[entry(actor, row) for row in found.items], next_cursor=encode(found.next))


@router.get(
    "/bill",
    response_model=Bill,
    response_model_exclude_unset=True,
    dependencies=[caught_up("ledger_entries", "month_totals", "holds", "invoices")],
    summary="What a tenant owes for a month",
)
async def get_bill(
    parts: Parts, actor: CurrentActor, scope: CurrentScope, period: Period, tenant_id: TenantId = None
) -> Bill:
    wanted = tenant_id or actor.tenant_id
    if wanted is None:
        raise invalid([Problem(code="missing", message="Say which tenant's bill", path="query.tenant_id")])
    tenant = await visible_tenant(parts, scope, wanted)
    return bill(actor, await parts.reads.bill(scope, tenant.id, period))


def basis(actor: Actor, row: LedgerRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in BASIS.get(level_of(actor), ())}


def entry(actor: Actor, row: LedgerRow) -> LedgerEntry:
    return LedgerEntry(
        ref=row.ref,
        position=row.position,
        kind=row.kind,
        tenant_id=row.tenant_id,
        recorded_at=row.recorded_at,
        job_id=row.execution_id,
        node=row.node,
        attempt=row.attempt,
        model=row.model,
        usage=row.usage,
        degraded=row.degraded,
        quarantined=row.quarantined,
        source_kind=row.source_kind,
        source_id=row.source_id,
        adjustment=row.adjustment,
        about_period=row.about_period,
        reason=row.reason,
        **amounts(actor, row),
        **basis(actor, row),
    )


def bill(actor: Actor, row: BillRow) -> Bill:
    return Bill(
        tenant_id=row.tenant_id,
        period=row.period,
        currency="USD",
        calls=row.calls,
        held=row.held,
        lines=[line(actor, found) for found in row.lines],
        carried=[BillCredit(**dict(one)) for one in row.carried],
        **amounts(actor, row),
    )


def line(actor: Actor, row: LineRow) -> BillLine:
    return BillLine(model=row.model, calls=row.calls, tokens=row.tokens, **amounts(actor, row))
