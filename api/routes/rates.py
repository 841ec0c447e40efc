"""What models cost the platform, what partners agreed to, what tenants pay. The past cannot be changed."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from api.bodies import json_body
from api.deps import CurrentActor, CurrentScope, Parts, caught_up, current_actor, may
from api.errors import invalid, not_found
from api.models import rates as models
from api.models.common import Done, DoneByName
from api.rate_rows import price_tiers, shown_rate, shown_terms, tenant_prices
from api.reads import PLATFORM_SCOPE
from api.routes.tenancy import visible_partner, visible_tenant
from api.signing_in.proving import proven
from api.submit import Attempt, AttemptDep
from schemas.access import Permission
from schemas.base import PLATFORM, PartnerId, TenantId
from schemas.billing.commands import (
    SetPartnerTerms,
    SetSystemRate,
    WithdrawPartnerTerms,
    WithdrawSystemRate,
)
from schemas.envelope import Problem

router = APIRouter(prefix="/rates", tags=["rates"], dependencies=[Depends(current_actor)])

Model = Annotated[str | None, Query(max_length=200, description="Only this model's.")]
InForce = Annotated[bool, Query(description="Only what is in force now.")]


@router.get(
    "/system",
    response_model=models.SystemRates,
    dependencies=[may(Permission.RATES_SET), caught_up("rate_cards")],
    summary="List what models cost the platform, with who set it",
)
async def list_system_rates(
    parts: Parts, scope: CurrentScope, model: Model = None, in_force: InForce = False
) -> models.SystemRates:
    found = await parts.reads.system_rates(scope, datetime.now(UTC), model, in_force)
    return models.SystemRates(items=[shown_rate(row) for row in found])


@router.post(
    "/system",
    response_model=DoneByName,
    dependencies=[may(Permission.RATES_SET), proven()],
    summary="Set what a model costs the platform, from now or a later time on",
)
async def set_system_rate(
    attempt: AttemptDep, body: Annotated[models.SystemRateBody, json_body(models.SystemRateBody)]
) -> Any:
    return await done(attempt, SetSystemRate(**dict(body)), body.model)


@router.delete(
    "/system/{rate_id:path}",
    response_model=DoneByName,
    dependencies=[may(Permission.RATES_SET)],
    summary="Take back a rate that has not begun",
)
async def withdraw_system_rate(attempt: AttemptDep, rate_id: str) -> Any:
    return await done(attempt, WithdrawSystemRate(rate_id=rate_id), rate_id)


async def done(attempt: Attempt, command: SetSystemRate | WithdrawSystemRate, name: str) -> Any:
    answer = await attempt.send(command, PLATFORM, None)
    return DoneByName(name=name, position=answer.position) if answer else attempt.pending(name=name)


@router.get(
    "/partner",
    response_model=models.PartnerTermsList,
    dependencies=[may(Permission.RATES_READ), caught_up("rate_cards")],
    summary="List a partner's terms, with who set them",
)
async def list_partner_terms(
    parts: Parts,
    actor: CurrentActor,
    scope: CurrentScope,
    partner_id: Annotated[UUID | None, Query(description="Needed by the platform.")] = None,
    in_force: InForce = False,
) -> models.PartnerTermsList:
    wanted = partner_id or actor.partner_id
    if wanted is None:
        raise invalid([Problem(code="missing", message="Say which partner's terms", path="query.partner_id")])
    partner = await visible_partner(parts, scope, wanted)
    found = await parts.reads.partner_terms(scope, partner.id, datetime.now(UTC), in_force)
    return models.PartnerTermsList(items=[shown_terms(row) for row in found])


@router.post(
    "/partner",
    response_model=Done,
    dependencies=[may(Permission.RATES_SET), proven()],
    summary="Set what a partner's tenants pay and what it keeps, from now or a later time on",
)
async def set_partner_terms(
    parts: Parts,
    scope: CurrentScope,
    attempt: AttemptDep,
    body: Annotated[models.PartnerTermsBody, json_body(models.PartnerTermsBody)],
) -> Any:
    partner = await visible_partner(parts, scope, body.partner_id)
    if body.for_tenant is not None:
        tenant = await visible_tenant(parts, scope, body.for_tenant)
        if tenant.partner_id != partner.id:
            raise not_found("tenancy.tenant_not_found", "tenant")
    command = SetPartnerTerms(
        partner_id=partner.id,
        for_tenant=TenantId(body.for_tenant) if body.for_tenant else None,
        for_model=body.for_model,
        price=body.price,
        commission=body.commission,
        minimum=body.minimum,
        effective_from=body.effective_from,
    )
    return await agreed(attempt, command, partner.id)


@router.delete(
    "/partner/{partner_id}/{terms_id:path}",
    response_model=Done,
    dependencies=[may(Permission.RATES_SET)],
    summary="Take back terms that have not begun",
)
async def withdraw_partner_terms(
    parts: Parts, scope: CurrentScope, attempt: AttemptDep, partner_id: UUID, terms_id: str
) -> Any:
    partner = await visible_partner(parts, scope, partner_id)
    command = WithdrawPartnerTerms(partner_id=partner.id, terms_id=terms_id)
    return await agreed(attempt, command, partner.id)


async def agreed(
    attempt: Attempt, command: SetPartnerTerms | WithdrawPartnerTerms, partner_id: PartnerId
) -> Any:
    answer = await attempt.send(command, PLATFORM, partner_id)
    return Done(id=partner_id, position=answer.position) if answer else attempt.pending(id=partner_id)


@router.get(
    "/prices",
    response_model=models.PriceList,
    dependencies=[may(Permission.LEDGER_READ), caught_up("rate_cards")],
    summary="What a tenant pays for each model now",
)
async def list_prices(
    parts: Parts,
    actor: CurrentActor,
    scope: CurrentScope,
    tenant_id: Annotated[UUID | None, Query(description="Needed where you have several.")] = None,
) -> models.PriceList:
    """Costs and terms are the platform's rows: they are read for the tenant, and only prices are told."""
    wanted = tenant_id or actor.tenant_id
    if wanted is None:
        raise invalid([Problem(code="missing", message="Say which tenant's prices", path="query.tenant_id")])
    tenant = await visible_tenant(parts, scope, wanted)
    now = datetime.now(UTC)
    rates = await parts.reads.system_rates(PLATFORM_SCOPE, now, in_force=True)
    terms = await parts.reads.partner_terms(PLATFORM_SCOPE, tenant.partner_id, now, in_force=True)
    items = [price_tiers(price) for price in tenant_prices(rates, terms, tenant.id)]
    return models.PriceList(tenant_id=tenant.id, items=items)
