"""The platform puts a ledger right: entries never change, so it reverses, adjusts, and closes months."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path

from api.bodies import json_body
from api.deps import CurrentScope, Parts, current_actor, may
from api.entry_refs import parsed
from api.errors import not_found
from api.models.common import Done
from api.models.corrections import AdjustmentBody, CorrectionReason
from api.routes.tenancy import visible_tenant
from api.rows.people import TenantRow
from api.signing_in.proving import proven
from api.submit import Attempt, AttemptDep, KeyedAttemptDep
from schemas.access import Permission
from schemas.base import Command
from schemas.billing.corrections import ClosePeriod, PostAdjustment, ReverseEntry
from schemas.billing.types import MONTH

router = APIRouter(tags=["billing"], dependencies=[Depends(current_actor)])

EntryRef = Annotated[str, Path(max_length=100, description="The entry's `ref`.")]
Month = Annotated[str, Path(pattern=MONTH, description="The month, YYYY-MM.")]


@router.post(
    "/ledger/entries/{entry_ref}/reverse",
    response_model=Done,
    dependencies=[may(Permission.LEDGER_CORRECT), proven()],
    summary="Take an entry back, once for ever",
)
async def reverse_entry(
    parts: Parts,
    scope: CurrentScope,
    attempt: KeyedAttemptDep,
    entry_ref: EntryRef,
    body: Annotated[CorrectionReason, json_body(CorrectionReason)],
) -> Any:
    found = parsed(entry_ref)
    if found is None:
        raise not_found("billing.entry_not_found", "entry")
    tenant_id, period, version = found
    tenant = await visible_tenant(parts, scope, tenant_id)
    command = ReverseEntry(
        reversal_id=attempt.new_id("reversal"),
        tenant_id=tenant.id,
        period=period,
        version=version,
        reason=body.reason,
    )
    return await done(attempt, tenant, command, command.reversal_id)


@router.post(
    "/tenants/{tenant_id}/adjustments",
    status_code=201,
    response_model=Done,
    dependencies=[may(Permission.LEDGER_CORRECT), proven()],
    summary="Post an adjustment in the present month",
)
async def post_adjustment(
    parts: Parts,
    scope: CurrentScope,
    attempt: KeyedAttemptDep,
    tenant_id: UUID,
    body: Annotated[AdjustmentBody, json_body(AdjustmentBody)],
) -> Any:
    tenant = await visible_tenant(parts, scope, tenant_id)
    command = PostAdjustment(
        adjustment_id=attempt.new_id("adjustment"),
        tenant_id=tenant.id,
        period=f"{datetime.now(UTC):%Y-%m}",
        kind=body.kind,
        reason=body.reason,
        price=body.price_usd,
        cost=body.cost_usd,
        commission=body.commission_usd,
        about_period=body.about_period,
        provider=body.provider,
    )
    return await done(attempt, tenant, command, command.adjustment_id)


@router.post(
    "/tenants/{tenant_id}/periods/{period}/close",
    response_model=Done,
    dependencies=[may(Permission.PERIODS_CLOSE)],
    summary="Close a month that is over: its totals are sealed",
)
async def close_period(
    parts: Parts, scope: CurrentScope, attempt: AttemptDep, tenant_id: UUID, period: Month
) -> Any:
    tenant = await visible_tenant(parts, scope, tenant_id)
    return await done(attempt, tenant, ClosePeriod(tenant_id=tenant.id, period=period), tenant.id)


async def done(attempt: Attempt, tenant: TenantRow, command: Command, made: UUID) -> Any:
    answer = await attempt.send(command, tenant.id, tenant.partner_id)
    return attempt.pending(id=made) if answer is None else Done(id=made, position=answer.position)
