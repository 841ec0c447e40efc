"""A tenant's end, and its way to another partner."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from api.bodies import json_body
from api.deps import CurrentScope, Parts, current_actor, may
from api.errors import not_found
from api.models.common import Done
from api.models.tenancy import ContentErasure, ReasonBody, TransferBody
from api.routes.tenancy import change, visible_tenant
from api.submit import AttemptDep
from schemas.access import Permission
from schemas.base import PartnerId
from schemas.envelope import Recorded
from schemas.tenancy.erasure import ErasureBegun, TenantErased
from schemas.tenancy.life import BeginClosing, TransferTenant, WithdrawClosing

router = APIRouter(tags=["tenants"], dependencies=[Depends(current_actor)])
BATCH = 500


@router.post(
    "/tenants/{tenant_id}/closing",
    response_model=Done,
    dependencies=[may(Permission.TENANTS_CLOSE)],
    summary="Close a tenant once its period of grace is over",
)
async def begin_closing(
    parts: Parts,
    scope: CurrentScope,
    attempt: AttemptDep,
    tenant_id: UUID,
    body: Annotated[ReasonBody, json_body(ReasonBody)],
) -> Any:
    tenant = await visible_tenant(parts, scope, tenant_id)
    days = parts.limits.tenant_grace_days
    command = BeginClosing(tenant_id=tenant.id, reason=body.reason, grace_days=days)
    return await change(attempt, tenant, command)


@router.post(
    "/tenants/{tenant_id}/closing/withdraw",
    response_model=Done,
    dependencies=[may(Permission.TENANTS_CLOSE)],
    summary="Let a tenant that was about to be closed go on",
)
async def withdraw_closing(
    parts: Parts,
    scope: CurrentScope,
    attempt: AttemptDep,
    tenant_id: UUID,
    body: Annotated[ReasonBody, json_body(ReasonBody)],
) -> Any:
    tenant = await visible_tenant(parts, scope, tenant_id)
    return await change(attempt, tenant, WithdrawClosing(tenant_id=tenant.id, reason=body.reason))


@router.get(
    "/tenants/{tenant_id}/erasure",
    response_model=ContentErasure,
    dependencies=[may(Permission.TENANTS_READ)],
    summary="What was erased of a closed tenant",
)
async def get_content_erasure(parts: Parts, scope: CurrentScope, tenant_id: UUID) -> ContentErasure:
    """A day after it was closed what it wrote and ran goes. What it owes, and owed, stays."""
    tenant = await visible_tenant(parts, scope, tenant_id)
    found, position = None, 0
    while batch := await parts.reads.events_of_stream(scope, f"tenant-{tenant.id}", position, BATCH):
        for one in batch:
            found = noted(found, one)
        position = batch[-1].position
    if found is None:
        raise not_found("tenancy.erasure_not_found", "erasure")
    return found


def noted(found: ContentErasure | None, recorded: Recorded) -> ContentErasure | None:
    match recorded.event:
        case ErasureBegun(tenant_id=tenant_id):
            at = recorded.recorded_at
            return ContentErasure(tenant_id=tenant_id, begun_at=at, done_at=None, touched=None)
        case TenantErased(touched=touched) if found:
            return found.model_copy(update={"done_at": recorded.recorded_at, "touched": touched})
    return found


@router.post(
    "/tenants/{tenant_id}/transfer",
    response_model=Done,
    dependencies=[may(Permission.TENANTS_TRANSFER)],
    summary="Give a tenant to another partner, from the next call on",
)
async def transfer_tenant(
    parts: Parts,
    scope: CurrentScope,
    attempt: AttemptDep,
    tenant_id: UUID,
    body: Annotated[TransferBody, json_body(TransferBody)],
) -> Any:
    tenant = await visible_tenant(parts, scope, tenant_id)
    return await change(
        attempt,
        tenant,
        TransferTenant(tenant_id=tenant.id, to_partner=PartnerId(body.to_partner_id), reason=body.reason),
    )
