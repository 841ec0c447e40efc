from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from api.at import At
from api.bodies import json_body
from api.deps import CurrentScope, Parts, caught_up, current_actor, may
from api.errors import not_found
from api.inviting import invite
from api.models.common import Done
from api.models.identity import NewUserBody
from api.models.tenancy import (
    CreatePartnerBody,
    LimitsBody,
    Partner,
    PartnerCreated,
    ProvisionTenantBody,
    ReasonBody,
    Tenant,
    TenantProvisioned,
    Terms,
)
from api.parts import Deps
from api.reads import PLATFORM_SCOPE
from api.rows.people import PartnerRow, TenantRow
from api.signing_in.people import user_with
from api.submit import Attempt, AttemptDep, until
from infra.db.scope import Scope
from schemas.access import Permission, Role
from schemas.base import PLATFORM, PartnerId, TenantId, UserId
from schemas.envelope import Answer
from schemas.identity.types import Person, Place
from schemas.tenancy.commands import (
    CreatePartner,
    ProvisionTenant,
    ReinstateTenant,
    RestrictTenant,
    SetTenantLimits,
    SuspendTenant,
)
from schemas.tenancy.types import PartnerTerms

LONGEST = 14

router = APIRouter(tags=["tenancy"], dependencies=[Depends(current_actor)])


@router.post(
    "/partners",
    status_code=201,
    response_model=PartnerCreated,
    dependencies=[may(Permission.PARTNERS_CREATE)],
    summary="Create a partner and its first admin",
)
async def create_partner(
    parts: Parts, attempt: AttemptDep, body: Annotated[CreatePartnerBody, json_body(CreatePartnerBody)]
) -> Any:
    partner_id = PartnerId(attempt.new_id("partner"))
    command = CreatePartner(
        partner_id=partner_id,
        name=body.name,
        terms=PartnerTerms(**dict(body.terms)),
        admin=await new_person(attempt, body.admin),
    )
    answer = await attempt.send(command, PLATFORM, partner_id)
    if answer is None:
        return attempt.pending(id=partner_id)
    ready = await until(lambda: can_log_in(parts, body.admin.email), parts.limits.read_wait_seconds)
    return PartnerCreated(id=partner_id, status="active" if ready else "created", position=answer.position)


@router.get(
    "/partners/{partner_id}",
    response_model=Partner,
    dependencies=[may(Permission.TENANTS_PROVISION), caught_up("partners")],
    summary="Look at a partner",
)
async def get_partner(parts: Parts, scope: CurrentScope, partner_id: UUID) -> Partner:
    row = await visible_partner(parts, scope, partner_id)
    terms = Terms(markup_percent=row.markup_percent, commission_percent=row.commission_percent)
    return Partner(id=row.id, name=row.name, terms=terms, created_at=row.created_at)


@router.post(
    "/partners/{partner_id}/tenants",
    status_code=201,
    response_model=TenantProvisioned,
    dependencies=[may(Permission.TENANTS_PROVISION)],
    summary="Provision a tenant and its owner",
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
        owner=await new_person(attempt, body.owner) if body.owner.password else None,
    )
    answer = await attempt.send(command, tenant_id, partner.id)
    if answer is not None and body.owner.password is None:
        answer = await invite_owner(attempt, command, body.owner.email)
    if answer is None:
        return attempt.pending(id=tenant_id)
    if body.owner.password is None:
        return TenantProvisioned(id=tenant_id, status="provisioned", position=answer.position)
    ready = await until(lambda: is_usable(parts, tenant_id, body.owner.email), parts.limits.read_wait_seconds)
    status = "active" if ready else "provisioned"
    return TenantProvisioned(id=tenant_id, status=status, position=answer.position)


@router.get(
    "/tenants/{tenant_id}",
    response_model=Tenant,
    dependencies=[may(Permission.TENANTS_READ), caught_up("tenants")],
    summary="Look at a tenant",
)
async def get_tenant(parts: Parts, scope: CurrentScope, tenant_id: UUID) -> Tenant:
    row = await visible_tenant(parts, scope, tenant_id)
    return Tenant(
        id=row.id,
        partner_id=row.partner_id,
        name=row.name,
        subdomain=row.subdomain,
        status=row.status,
        monthly_budget_usd=row.monthly_budget,
        max_runs=row.max_runs,
        created_at=row.created_at,
    )


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
    command = RestrictTenant(tenant_id=tenant.id, reason=body.reason)
    return await change(attempt, tenant, command)


@router.post(
    "/tenants/{tenant_id}/suspend",
    response_model=Done,
    dependencies=[may(Permission.TENANTS_SUSPEND)],
    summary="Suspend a tenant: it cannot start runs",
)
async def suspend_tenant(
    parts: Parts,
    scope: CurrentScope,
    attempt: AttemptDep,
    tenant_id: UUID,
    body: Annotated[ReasonBody, json_body(ReasonBody)],
) -> Any:
    tenant = await visible_tenant(parts, scope, tenant_id)
    command = SuspendTenant(tenant_id=tenant.id, reason=body.reason)
    return await change(attempt, tenant, command)


@router.post(
    "/tenants/{tenant_id}/reinstate",
    response_model=Done,
    dependencies=[may(Permission.TENANTS_SUSPEND)],
    summary="Let a tenant work again that was restricted or suspended by hand",
)
async def reinstate_tenant(
    parts: Parts,
    scope: CurrentScope,
    attempt: AttemptDep,
    tenant_id: UUID,
    body: Annotated[ReasonBody, json_body(ReasonBody)],
) -> Any:
    tenant = await visible_tenant(parts, scope, tenant_id)
    command = ReinstateTenant(tenant_id=tenant.id, reason=body.reason)
    return await change(attempt, tenant, command)


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
    command = SetTenantLimits(tenant_id=tenant.id, max_runs=body.max_runs)
    return await change(attempt, tenant, command)


async def change(
    attempt: Attempt,
    tenant: TenantRow,
    command: RestrictTenant | SuspendTenant | ReinstateTenant | SetTenantLimits,
) -> Any:
    answer = await attempt.send(command, tenant.id, tenant.partner_id)
    if answer is None:
        return attempt.pending(id=tenant.id)
    return Done(id=tenant.id, position=answer.position)


async def invite_owner(attempt: Attempt, command: ProvisionTenant, email: str) -> Answer | None:
    """A wish of its own: a retry of the whole request repeats both."""
    at = At(Place(tenant_id=command.tenant_id, partner_id=command.partner_id), command.name)
    second = replace(attempt, message_id=attempt.new_id("invite"))
    return await invite(second, at, second.new_id("invitation"), email, Role.TENANT_OWNER, LONGEST)


async def new_person(attempt: Attempt, body: NewUserBody) -> Person:
    """The password ends here. Somebody who is known under the address keeps account and password."""
    people = attempt.deps.people
    known = await attempt.deps.reads.user_by_index(PLATFORM_SCOPE, people.index(body.email))
    hashed = await attempt.deps.passwords.hash(body.password.get_secret_value())
    if known is not None:
        return await people.person(known.id, body.email, body.name)
    user_id = UserId(attempt.new_id("user"))
    await attempt.deps.vault.passwords.create(user_id, hashed)
    return await people.person(user_id, body.email, body.name)


async def visible_partner(parts: Deps, scope: Scope, partner_id: UUID) -> PartnerRow:
    row = await parts.reads.partner(scope, partner_id)
    if row is None:
        raise not_found("tenancy.partner_not_found", "partner")
    return row


async def visible_tenant(parts: Deps, scope: Scope, tenant_id: UUID) -> TenantRow:
    row = await parts.reads.tenant(scope, tenant_id)
    if row is None:
        raise not_found("tenancy.tenant_not_found", "tenant")
    return row


async def can_log_in(parts: Deps, email: str) -> bool:
    user = await user_with(parts, email)
    return user is not None and bool(await parts.reads.memberships(PLATFORM_SCOPE, user.id))


async def is_usable(parts: Deps, tenant_id: TenantId, email: str) -> bool:
    tenant = await parts.reads.tenant(PLATFORM_SCOPE, tenant_id)
    return tenant is not None and tenant.status == "active" and await can_log_in(parts, email)
