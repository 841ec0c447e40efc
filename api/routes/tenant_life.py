"""A tenant's end, and its way to another partner."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from api.bodies import json_body
from api.deps import CurrentScope, Parts, current_actor, may
from api.models.common import Done
from api.models.tenancy import ReasonBody, TransferBody
from api.routes.tenancy import change, visible_tenant
from api.submit import AttemptDep
from schemas.access import Permission
from schemas.base import PartnerId
from schemas.tenancy.life import BeginClosing, TransferTenant, WithdrawClosing

router = APIRouter(tags=["tenants"], dependencies=[Depends(current_actor)])


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
