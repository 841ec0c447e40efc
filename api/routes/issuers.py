"""Who issues, who is invoiced, and which taxes apply."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

import typst
from fastapi import APIRouter, Depends

from api.bodies import json_body
from api.deps import CurrentScope, Parts, caught_up, current_actor, may
from api.errors import invalid, not_found
from api.models import issuers as m
from api.models.common import Done, DoneByName
from api.routes.tenancy import visible_partner, visible_tenant
from api.submit import AttemptDep
from infra.documents.specimen import specimen
from schemas.access import Permission
from schemas.base import PLATFORM
from schemas.billing.issuers import Branding, SetIssuer
from schemas.billing.taxes import SetTaxProfile, SetTaxRate
from schemas.envelope import Problem

router = APIRouter(tags=["invoices"], dependencies=[Depends(current_actor)])


@router.get(
    "/partners/{partner_id}/issuer",
    response_model=m.Issuer,
    dependencies=[may(Permission.INVOICES_ISSUE), caught_up("invoices")],
    summary="How a partner issues invoices",
)
async def get_issuer(parts: Parts, scope: CurrentScope, partner_id: UUID) -> m.Issuer:
    partner = await visible_partner(parts, scope, partner_id)
    row = await parts.reads.issuer(scope, partner.id)
    if row is None:
        raise not_found("billing.issuer_not_found", "issuer")
    return m.Issuer(partner_id=partner.id, prefix=row.prefix, branding=row.branding)


@router.put(
    "/partners/{partner_id}/issuer",
    response_model=Done,
    dependencies=[may(Permission.INVOICES_ISSUE)],
    summary="Set name, address, logo and terms of a partner's invoices",
)
async def set_issuer(
    parts: Parts,
    scope: CurrentScope,
    attempt: AttemptDep,
    partner_id: UUID,
    body: Annotated[m.IssuerBody, json_body(m.IssuerBody)],
) -> Any:
    partner = await visible_partner(parts, scope, partner_id)
    await require_printable(body.branding)
    command = SetIssuer(partner_id=partner.id, prefix=body.prefix, branding=body.branding)
    answer = await attempt.send(command, PLATFORM, partner.id)
    return attempt.pending(id=partner.id) if answer is None else Done(id=partner.id, position=answer.position)


async def require_printable(branding: Branding) -> None:
    """A picture that cannot be set would stop every invoice: better to hear of it now."""
    try:
        await asyncio.to_thread(specimen, branding)
    except typst.TypstError:
        problem = Problem(code="not_a_picture", message="This is no picture", path="branding.logo")
        raise invalid([problem]) from None


@router.get(
    "/tenants/{tenant_id}/tax-profile",
    response_model=m.TenantTaxProfile,
    dependencies=[may(Permission.INVOICES_READ), caught_up("invoices")],
    summary="Who a tenant is on its invoices",
)
async def get_tax_profile(parts: Parts, scope: CurrentScope, tenant_id: UUID) -> m.TenantTaxProfile:
    tenant = await visible_tenant(parts, scope, tenant_id)
    return m.TenantTaxProfile(tenant_id=tenant.id, profile=await parts.reads.tax_profile(scope, tenant.id))


@router.put(
    "/tenants/{tenant_id}/tax-profile",
    response_model=Done,
    dependencies=[may(Permission.INVOICES_ISSUE)],
    summary="Set who a tenant is on its invoices, and what tax it pays",
)
async def set_tax_profile(
    parts: Parts,
    scope: CurrentScope,
    attempt: AttemptDep,
    tenant_id: UUID,
    body: Annotated[m.TaxProfileBody, json_body(m.TaxProfileBody)],
) -> Any:
    tenant = await visible_tenant(parts, scope, tenant_id)
    command = SetTaxProfile(tenant_id=tenant.id, profile=body.profile)
    answer = await attempt.send(command, tenant.id, tenant.partner_id)
    return attempt.pending(id=tenant.id) if answer is None else Done(id=tenant.id, position=answer.position)


@router.get(
    "/tax-rates",
    response_model=m.TaxRates,
    dependencies=[may(Permission.TAXES_SET), caught_up("invoices")],
    summary="Tax rates by country, with their history",
)
async def list_tax_rates(parts: Parts, scope: CurrentScope) -> m.TaxRates:
    return m.TaxRates(items=[m.TaxRate(**dict(rate)) for rate in await parts.reads.tax_rates(scope)])


@router.post(
    "/tax-rates",
    status_code=201,
    response_model=DoneByName,
    dependencies=[may(Permission.TAXES_SET)],
    summary="Set a country's tax rate from now, or a later time, on",
)
async def set_tax_rate(attempt: AttemptDep, body: Annotated[m.TaxRateBody, json_body(m.TaxRateBody)]) -> Any:
    answer = await attempt.send(SetTaxRate(**dict(body)), PLATFORM, None)
    if answer is None:
        return attempt.pending(name=body.jurisdiction)
    return DoneByName(name=body.jurisdiction, position=answer.position)
