from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from api.bodies import json_body
from api.deps import CurrentScope, Parts, caught_up, current_actor, may
from api.models.common import Done
from api.models.tenancy import (
    HoldShown,
    ProvisionTenantBody,
    ReviseTenantBody,
    SubdomainBody,
    Tenant,
    TenantLine,
    TenantPage,
    TenantProvisioned,
)
from api.pagination import PageDep, encode
from api.profiles import revised, shown_branding, shown_settings
from api.routes.tenancy import change, invite_owner, is_usable, new_person, visible_partner, visible_tenant
from api.rows.people import TenantRow
from api.submit import AttemptDep, until
from schemas.access import Permission
from schemas.base import TenantId
from schemas.tenancy.commands import ProvisionTenant
from schemas.tenancy.life import ChangeSubdomain, ReviseTenant
from schemas.tenancy.types import TenantStatus

router = APIRouter(tags=["tenants"], dependencies=[Depends(current_actor)])
OfPartner = Annotated[UUID | None, Query(description="Only this partner's.")]
WithStatus = Annotated[TenantStatus | None, Query(description="Only those that are so now.")]


@router.post(
    "/partners/{partner_id}/tenants",
    status_code=201,
    response_model=TenantProvisioned,
    dependencies=[may(Permission.TENANTS_PROVISION)],
    summary="Provision a tenant, and its owner if there is one already",
)
async def provision_tenant(
    parts: Parts,
    scope: CurrentScope,
    attempt: AttemptDep,
    partner_id: UUID,
    body: Annotated[ProvisionTenantBody, json_body(ProvisionTenantBody)],
) -> Any:
    partner = await visible_partner(parts, scope, partner_id)
    tenant_id = TenantId(attempt.new_id("tenant"))
    command = ProvisionTenant(
        tenant_id=tenant_id,
        partner_id=partner.id,
        name=body.name,
        subdomain=body.subdomain,
        monthly_budget=body.monthly_budget_usd,
        owner=await new_person(attempt, body.owner) if body.owner and body.owner.password else None,
    )
    answer = await attempt.send(command, tenant_id, partner.id)
    if answer is not None and body.owner is not None and body.owner.password is None:
        answer = await invite_owner(attempt, command, body.owner.email)
    if answer is None:
        return attempt.pending(id=tenant_id)
    wait = parts.limits.read_wait_seconds
    ready = command.owner is not None and await until(lambda: is_usable(parts, tenant_id, body.owner), wait)
    status = "active" if ready else "provisioned"
    return TenantProvisioned(id=tenant_id, status=status, position=answer.position)


@router.get(
    "/tenants",
    response_model=TenantPage,
    dependencies=[may(Permission.TENANTS_READ), caught_up("tenants")],
    summary="List tenants, newest first: those one may see",
)
async def list_tenants(
    parts: Parts,
    scope: CurrentScope,
    page: PageDep,
    partner_id: OfPartner = None,
    status: WithStatus = None,
) -> TenantPage:
    found = await parts.reads.tenants(scope, page.key, page.limit, partner_id, status)
    items = [TenantLine(**line(row)) for row in found.items]
    return TenantPage(items=items, next_cursor=encode(found.next))


@router.get(
    "/tenants/{tenant_id}",
    response_model=Tenant,
    dependencies=[may(Permission.TENANTS_READ), caught_up("tenants")],
    summary="Look at a tenant, and at what holds it back",
)
async def get_tenant(parts: Parts, scope: CurrentScope, tenant_id: UUID) -> Tenant:
    row = await visible_tenant(parts, scope, tenant_id)
    holds = await parts.reads.tenant_holds(scope, tenant_id)
    return Tenant(
        **line(row),
        monthly_budget_usd=row.monthly_budget,
        max_runs=row.max_runs,
        settings=await shown_settings(parts.people, row.settings),
        branding=shown_branding(row.branding),
        holds=[HoldShown(cause=h.cause, held=h.held, reason=h.reason, since=h.since) for h in holds],
        closing_at=row.closing_at,
        closed_at=row.closed_at,
    )


def line(row: TenantRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in TenantLine.model_fields}


@router.patch(
    "/tenants/{tenant_id}",
    response_model=Done,
    dependencies=[may(Permission.TENANTS_MANAGE)],
    summary="Change a tenant's name, settings or branding",
)
async def revise_tenant(
    parts: Parts,
    scope: CurrentScope,
    attempt: AttemptDep,
    tenant_id: UUID,
    body: Annotated[ReviseTenantBody, json_body(ReviseTenantBody)],
) -> Any:
    tenant = await visible_tenant(parts, scope, tenant_id)
    settings = await revised(parts.people, tenant.id, tenant.settings, body.settings)
    command = ReviseTenant(tenant_id=tenant.id, name=body.name, settings=settings, branding=body.branding)
    return await change(attempt, tenant, command)


@router.put(
    "/tenants/{tenant_id}/subdomain",
    response_model=Done,
    dependencies=[may(Permission.TENANTS_MANAGE)],
    summary="Give a tenant another subdomain; the one before is kept for it for 30 days",
)
async def change_subdomain(
    parts: Parts,
    scope: CurrentScope,
    attempt: AttemptDep,
    tenant_id: UUID,
    body: Annotated[SubdomainBody, json_body(SubdomainBody)],
) -> Any:
    tenant = await visible_tenant(parts, scope, tenant_id)
    return await change(attempt, tenant, ChangeSubdomain(tenant_id=tenant.id, subdomain=body.subdomain))
