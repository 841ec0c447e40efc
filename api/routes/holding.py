"""Holding a tenant back, and letting go of it."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from api.bodies import json_body
from api.deps import CurrentScope, Parts, current_actor, may
from api.models.common import Done
from api.models.tenancy import LimitsBody, ReasonBody
from api.routes.tenancy import change, visible_tenant
from api.submit import AttemptDep
from schemas.access import Permission
from schemas.tenancy.commands import ReinstateTenant, RestrictTenant, SetTenantLimits, SuspendTenant

router = APIRouter(tags=["tenants"], dependencies=[Depends(current_actor)])


@router.post(
    "/tenants/{tenant_id}/restrict",
    response_model=Done,
    dependencies=[may(Permission.TENANTS_SUSPEND)],
    summary="Restrict a tenant: it cannot start new runs, what runs goes on",
)
async def restrict_tenant(
    parts: Parts,
    scope: CurrentScope,
    attempt: AttemptDep,
    tenant_id: UUID,
    body: Annotated[ReasonBody, json_body(ReasonBody)],
) -> Any:
    tenant = await visible_tenant(parts, scope, tenant_id)
    return await change(attempt, tenant, RestrictTenant(tenant_id=tenant.id, reason=body.reason))


@router.post(
    "/tenants/{tenant_id}/suspend",
    response_model=Done,
    dependencies=[may(Permission.TENANTS_SUSPEND)],
    summary="Suspend a tenant: nothing of it runs, its people may pay and take their data",
)
async def suspend_tenant(
    parts: Parts,
    scope: CurrentScope,
    attempt: AttemptDep,
    tenant_id: UUID,
    body: Annotated[ReasonBody, json_body(ReasonBody)],
) -> Any:
    tenant = await visible_tenant(parts, scope, tenant_id)
    return await change(attempt, tenant, SuspendTenant(tenant_id=tenant.id, reason=body.reason))


@router.post(
    "/tenants/{tenant_id}/reinstate",
    response_model=Done,
    dependencies=[may(Permission.TENANTS_SUSPEND)],
    summary="Let go of a tenant that was restricted or suspended by hand",
)
async def reinstate_tenant(
    parts: Parts,
    scope: CurrentScope,
    attempt: AttemptDep,
    tenant_id: UUID,
    body: Annotated[ReasonBody, json_body(ReasonBody)],
) -> Any:
    tenant = await visible_tenant(parts, scope, tenant_id)
    return await change(attempt, tenant, ReinstateTenant(tenant_id=tenant.id, reason=body.reason))


@router.put(
    "/tenants/{tenant_id}/limits",
    response_model=Done,
    dependencies=[may(Permission.TENANTS_LIMIT)],
    summary="Set how many runs of a tenant may be under way at a time",
)
async def set_tenant_limits(
    parts: Parts,
    scope: CurrentScope,
    attempt: AttemptDep,
    tenant_id: UUID,
    body: Annotated[LimitsBody, json_body(LimitsBody)],
) -> Any:
    tenant = await visible_tenant(parts, scope, tenant_id)
    return await change(attempt, tenant, SetTenantLimits(tenant_id=tenant.id, max_runs=body.max_runs))
