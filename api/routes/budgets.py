from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from api.bodies import json_body
from api.deps import CurrentScope, Parts, caught_up, current_actor, may, tenant_of
from api.errors import not_found
from api.forecast import forecast
from api.models.budgets import BudgetBody, BudgetPage, BudgetUse
from api.models.common import Done
from api.pagination import PageDep, encode
from api.routes.corrections import done as done_for_tenant
from api.routes.tenancy import visible_partner, visible_tenant
from api.rows.billing import BudgetRow
from api.submit import Attempt, AttemptDep, done
from schemas.access import Permission
from schemas.base import PLATFORM
from schemas.billing.partner_budgets import SetPartnerBudget
from schemas.billing.types import MONTH
from schemas.execution.types import SourceRef
from schemas.tenancy.commands import SetSourceBudget, SetTenantBudget

router = APIRouter(tags=["billing"], dependencies=[Depends(current_actor)])

Body = Annotated[BudgetBody, json_body(BudgetBody)]
TenantId = Annotated[UUID | None, Query(description="Only this tenant's.")]
Period = Annotated[str | None, Query(pattern=MONTH, description="YYYY-MM; absent: this month.")]


@router.get(
    "/budgets",
    response_model=BudgetPage,
    dependencies=[may(Permission.LEDGER_READ), caught_up("budgets", "month_totals", "holds")],
    summary="List budgets, how full they are, and what their month will come to",
)
async def list_budgets(
    parts: Parts, scope: CurrentScope, page: PageDep, period: Period = None, tenant_id: TenantId = None
) -> BudgetPage:
    now = datetime.now(UTC)
    month = period or f"{now:%Y-%m}"
    if tenant_id is not None:
        await visible_tenant(parts, scope, tenant_id)
    found = await parts.reads.budgets(scope, page.key, page.limit, month, tenant_id)
    items = [use(row, month, now) for row in found.items]
    return BudgetPage(period=month, items=items, next_cursor=encode(found.next))


def use(row: BudgetRow, period: str, now: datetime) -> BudgetUse:
    return BudgetUse(
        level=row.level,
        subject_id=row.subject_id,
        source_kind=row.source_kind,
        tenant_id=row.tenant_id,
        limit=row.limit,
        posted=row.posted,
        held=row.held,
        forecast=forecast(row.posted, period, now),
        reached=list(row.reached),
    )


@router.put(
    "/tenants/{tenant_id}/budget",
    response_model=Done,
    dependencies=[may(Permission.TENANTS_LIMIT)],
    summary="Set what a tenant may be charged in a month",
)
async def set_tenant_budget(
    parts: Parts, scope: CurrentScope, attempt: AttemptDep, tenant_id: UUID, body: Body
) -> Any:
    tenant = await visible_tenant(parts, scope, tenant_id)
    command = SetTenantBudget(tenant_id=tenant.id, monthly_budget=body.monthly_budget_usd)
    return await done_for_tenant(attempt, tenant, command, tenant.id)


@router.put(
    "/partners/{partner_id}/budget",
    response_model=Done,
    dependencies=[may(Permission.PARTNERS_LIMIT)],
    summary="Set what all of a partner's tenants may be charged in a month",
)
async def set_partner_budget(
    parts: Parts, scope: CurrentScope, attempt: AttemptDep, partner_id: UUID, body: Body
) -> Any:
    partner = await visible_partner(parts, scope, partner_id)
    command = SetPartnerBudget(partner_id=partner.id, limit=body.monthly_budget_usd)
    answer = await attempt.send(command, PLATFORM, partner.id)
    return attempt.pending(id=partner.id) if answer is None else Done(id=partner.id, position=answer.position)


@router.put(
    "/workflows/{workflow_id}/budget",
    response_model=Done,
    dependencies=[may(Permission.BUDGETS_SET)],
    summary="Set what a workflow's runs may come to in a month",
)
async def set_workflow_budget(
    parts: Parts, scope: CurrentScope, attempt: AttemptDep, workflow_id: UUID, body: Body
) -> Any:
    return await set_source(attempt, "workflow", workflow_id, parts.reads.workflow(scope, workflow_id), body)


@router.put(
    "/agents/{agent_id}/budget",
    response_model=Done,
    dependencies=[may(Permission.BUDGETS_SET)],
    summary="Set what an agent's runs may come to in a month",
)
async def set_agent_budget(
    parts: Parts, scope: CurrentScope, attempt: AttemptDep, agent_id: UUID, body: Body
) -> Any:
    return await set_source(attempt, "agent", agent_id, parts.reads.agent(scope, agent_id), body)


async def set_source(
    attempt: Attempt,
    kind: Literal["workflow", "agent"],
    id_: UUID,
    found: Awaitable[object | None],
    body: BudgetBody,
) -> Any:
    if await found is None:
        raise not_found(f"authoring.{kind}_not_found", kind)
    source = SourceRef(kind=kind, id=id_)
    command = SetSourceBudget(
        tenant_id=tenant_of(attempt.actor), source=source, monthly_budget=body.monthly_budget_usd
    )
    return await done(attempt, command, id_)
