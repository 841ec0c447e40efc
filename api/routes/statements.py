"""Three statements over the same entries, and the identity between them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from api.amounts import AMOUNTS, amounts, level_of
from api.deps import CurrentActor, CurrentScope, Parts, caught_up, current_actor, may
from api.errors import invalid
from api.models import statements as m
from api.parts import Deps
from api.pure import Check, MonthSums, identity, partner_earnings, profit_and_loss, tenant_bill
from api.routes.billing import Period, TenantId
from api.routes.tenancy import visible_partner, visible_tenant
from api.rows.people import PartnerRow
from infra.db.scope import Scope
from schemas.access import Permission
from schemas.billing.months import MonthTotal
from schemas.envelope import Actor, Problem

router = APIRouter(prefix="/statements", tags=["billing"], dependencies=[Depends(current_actor)])

UP_TO_DATE = caught_up("month_totals")
PartnerId = Annotated[UUID | None, Query(description="Whose earnings. Needed where you see several.")]


@router.get(
    "/tenant",
    response_model=m.TenantStatement,
    response_model_exclude_unset=True,
    dependencies=[may(Permission.LEDGER_READ), UP_TO_DATE],
    summary="A tenant's month by agent, workflow and model",
)
async def tenant_statement(
    parts: Parts, actor: CurrentActor, scope: CurrentScope, period: Period, tenant_id: TenantId = None
) -> m.TenantStatement:
    wanted = tenant_id or actor.tenant_id
    if wanted is None:
        raise unnamed("tenant_id", "Say which tenant's statement")
    tenant = await visible_tenant(parts, scope, wanted)
    bill = tenant_bill(await parts.reads.month_of_tenant(scope, tenant.id, period))
    return m.TenantStatement(
        tenant_id=tenant.id,
        period=period,
        currency="USD",
        calls=bill.total.calls,
        tokens=bill.total.tokens,
        lines=[line(actor, row) for row in bill.lines],
        **amounts(actor, bill.total),
    )


@router.get(
    "/partner",
    response_model=m.PartnerStatement,
    dependencies=[may(Permission.EARNINGS_READ), UP_TO_DATE],
    summary="What a partner earned in a month, by tenant",
)
async def partner_statement(
    parts: Parts, actor: CurrentActor, scope: CurrentScope, period: Period, partner_id: PartnerId = None
) -> m.PartnerStatement:
    partner = await wanted_partner(parts, actor, scope, partner_id)
    earned = partner_earnings(await parts.reads.month_of_partner(scope, partner.id, period))
    return m.PartnerStatement(
        partner_id=partner.id,
        period=period,
        price=earned.total.price,
        commission=earned.total.commission,
        due=earned.total.commission,
        tenants=[
            m.TenantEarning(
                tenant_id=one.tenant_id,
                calls=one.sums.calls,
                price=one.sums.price,
                commission=one.sums.commission,
            )
            for one in earned.tenants
        ],
    )


@router.get(
    "/platform",
    response_model=m.PlatformStatement,
    dependencies=[may(Permission.MARGINS_READ), UP_TO_DATE],
    summary="The platform's profit and loss of a month, by provider",
)
async def platform_statement(parts: Parts, scope: CurrentScope, period: Period) -> m.PlatformStatement:
    rows, _ = await parts.reads.month_of_all(scope, period)
    result = profit_and_loss(rows)
    return m.PlatformStatement(
        period=period,
        providers=[
            m.ProviderLine(provider=one.provider, calls=one.sums.calls, **dict(figures(one.sums)))
            for one in result.providers
        ],
        **dict(figures(result.total)),
    )


@router.get(
    "/identity",
    response_model=m.IdentityReport,
    dependencies=[may(Permission.LEDGER_READ), UP_TO_DATE],
    summary="Check that the three statements of a month agree",
)
async def check_identity(
    parts: Parts, actor: CurrentActor, scope: CurrentScope, period: Period
) -> m.IdentityReport:
    """Over everything you may see, with the checks whose amounts you may see."""
    rows, closed = await parts.reads.month_of_all(scope, period)
    checks = [check for check in identity(rows, closed).checks if set(check.about) <= set(seen(actor))]
    return m.IdentityReport(
        period=period, holds=all(check.holds for check in checks), checks=[shown(check) for check in checks]
    )


async def wanted_partner(parts: Deps, actor: Actor, scope: Scope, partner_id: UUID | None) -> PartnerRow:
    wanted = partner_id or actor.partner_id
    if wanted is None:
        raise unnamed("partner_id", "Say which partner's statement")
    return await visible_partner(parts, scope, wanted)


def seen(actor: Actor) -> tuple[str, ...]:
    return AMOUNTS[level_of(actor)]


def shown(check: Check) -> m.IdentityCheck:
    return m.IdentityCheck(
        name=check.name,
        left=check.left,
        right=check.right,
        difference=check.difference,
        holds=check.holds,
    )


def figures(sums: MonthSums) -> m.Result:
    return m.Result(
        price=sums.price,
        commission=sums.commission,
        revenue=sums.revenue,
        cost=sums.cost,
        margin=sums.margin,
    )


def line(actor: Actor, row: MonthTotal) -> m.TenantLine:
    return m.TenantLine(
        kind=row.kind,
        source_kind=row.source_kind,
        source_id=row.source_id,
        source_name=row.source_name,
        model=row.model,
        about_period=row.about_period,
        calls=row.entries,
        tokens=row.tokens,
        **amounts(actor, row),
    )


def unnamed(field: str, words: str) -> Exception:
    return invalid([Problem(code="missing", message=words, path=f"query.{field}")])
