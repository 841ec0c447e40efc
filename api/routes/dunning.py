from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from api.bodies import json_body
from api.deps import CurrentScope, Parts, caught_up, current_actor, may
from api.models.common import Done
from api.models.dunning import (
    Dunning,
    DunningSchedule,
    ExemptBody,
    Forecast,
    ForeseenStep,
    ScheduleBody,
    UnpaidInvoice,
)
from api.models.tenancy import ReasonBody
from api.pure import forecast
from api.routes.tenancy import visible_partner, visible_tenant
from api.rows.payments import CaseRow
from api.rows.people import TenantRow
from api.submit import Attempt, AttemptDep
from schemas.access import Permission
from schemas.base import PLATFORM, Command
from schemas.billing.dunning import EndDunningExemption, ExemptFromDunning, SetDunningSchedule

router = APIRouter(tags=["dunning"], dependencies=[Depends(current_actor)])
READING = [may(Permission.DUNNING_READ), caught_up("dunning", "payments")]
SETTING = [may(Permission.DUNNING_SET)]
Days = Annotated[int, Query(ge=1, le=366, description="How many days ahead.")]


@router.get(
    "/dunning/forecast",
    response_model=Forecast,
    dependencies=READING,
    summary="See what dunning would do in the next days if nobody paid",
)
async def get_forecast(parts: Parts, scope: CurrentScope, days: Days = 60) -> Forecast:
    foreseen = forecast(await parts.reads.unpaid(scope), datetime.now(UTC), days)
    return Forecast(days=days, steps=[ForeseenStep(**step.model_dump()) for step in foreseen])


@router.get(
    "/tenants/{tenant_id}/dunning",
    response_model=Dunning,
    dependencies=READING,
    summary="See where a tenant stands with its unpaid invoices",
)
async def get_dunning(parts: Parts, scope: CurrentScope, tenant_id: UUID) -> Dunning:
    tenant = await visible_tenant(parts, scope, tenant_id)
    standing, cases = await parts.reads.dunning(scope, tenant.id)
    return Dunning(
        level=standing.level,
        exempt_until=standing.exempt_until,
        exempt_reason=standing.exempt_reason,
        unpaid=[unpaid(case) for case in cases],
    )


@router.post(
    "/tenants/{tenant_id}/dunning/exempt",
    response_model=Done,
    dependencies=SETTING,
    summary="Exempt a tenant from dunning for a time",
)
async def exempt(
    parts: Parts,
    scope: CurrentScope,
    attempt: AttemptDep,
    tenant_id: UUID,
    body: Annotated[ExemptBody, json_body(ExemptBody)],
) -> Any:
    tenant = await visible_tenant(parts, scope, tenant_id)
    command = ExemptFromDunning(tenant_id=tenant.id, reason=body.reason, until=body.until)
    return await ordered(attempt, tenant, command)


@router.post(
    "/tenants/{tenant_id}/dunning/end-exemption",
    response_model=Done,
    dependencies=SETTING,
    summary="End a tenant's exemption now",
)
async def end_exemption(
    parts: Parts,
    scope: CurrentScope,
    attempt: AttemptDep,
    tenant_id: UUID,
    body: Annotated[ReasonBody, json_body(ReasonBody)],
) -> Any:
    tenant = await visible_tenant(parts, scope, tenant_id)
    return await ordered(attempt, tenant, EndDunningExemption(tenant_id=tenant.id, reason=body.reason))


@router.get(
    "/partners/{partner_id}/dunning-schedule",
    response_model=DunningSchedule,
    dependencies=READING,
    summary="See the steps a partner's tenants are dunned by",
)
async def get_schedule(parts: Parts, scope: CurrentScope, partner_id: UUID) -> DunningSchedule:
    partner = await visible_partner(parts, scope, partner_id)
    return DunningSchedule(steps=list(await parts.reads.dunning_schedule(scope, partner.id)))


@router.put(
    "/partners/{partner_id}/dunning-schedule",
    response_model=Done,
    dependencies=SETTING,
    summary="Set the steps a partner's tenants are dunned by",
)
async def set_schedule(
    parts: Parts,
    scope: CurrentScope,
    attempt: AttemptDep,
    partner_id: UUID,
    body: Annotated[ScheduleBody, json_body(ScheduleBody)],
) -> Any:
    partner = await visible_partner(parts, scope, partner_id)
    command = SetDunningSchedule(partner_id=partner.id, steps=body.steps)
    answer = await attempt.send(command, PLATFORM, partner.id)
    if answer is None:
        return attempt.pending(id=partner.id)
    return Done(id=partner.id, position=answer.position)


async def ordered(attempt: Attempt, tenant: TenantRow, command: Command) -> Any:
    answer = await attempt.send(command, tenant.id, tenant.partner_id)
    if answer is None:
        return attempt.pending(id=tenant.id)
    return Done(id=tenant.id, position=answer.position)


def unpaid(case: CaseRow) -> UnpaidInvoice:
    ahead = case.steps[case.taken : case.taken + 1]
    return UnpaidInvoice(
        invoice_id=case.id,
        amount=case.amount_usd,
        since=case.created_at,
        taken=case.taken,
        next_action=ahead[0]["action"] if ahead else None,
        next_at=case.due_at,
    )
