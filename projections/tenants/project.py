"""Customers and their status."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from projections.fold import Handlers, Rows, fold
from projections.kernel import Projection, Tx
from projections.statements import merge
from schemas.envelope import Recorded
from schemas.tenancy.events import (
    TenantActivated,
    TenantBudgetSet,
    TenantLimitsSet,
    TenantProvisioned,
    TenantReinstated,
    TenantRestricted,
    TenantSuspended,
)

TENANTS = merge("tenants", key=("id",), changing=("status", "status_reason", "max_runs", "monthly_budget"))
NO_BUDGET = Decimal(-1)


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    await tx.write(TENANTS, fold(ON, Rows(), events).rows.values())


def provisioned(rows: Rows, recorded: Recorded, event: TenantProvisioned) -> None:
    rows.put(
        event.tenant_id,
        recorded,
        id=event.tenant_id,
        tenant_id=event.tenant_id,
        partner_id=event.partner_id,
        name=event.name,
        subdomain=event.subdomain,
        owner_user_id=event.owner.user_id if event.owner else None,
        monthly_budget=event.monthly_budget,
        status="provisioned",
    )


def activated(rows: Rows, recorded: Recorded, event: TenantActivated) -> None:
    rows.put(event.tenant_id, recorded, id=event.tenant_id, status="active")


def held(
    rows: Rows, recorded: Recorded, event: TenantRestricted | TenantSuspended | TenantReinstated
) -> None:
    why = event.reason
    rows.put(event.tenant_id, recorded, id=event.tenant_id, status=event.status, status_reason=why)


def limits_set(rows: Rows, recorded: Recorded, event: TenantLimitsSet) -> None:
    rows.put(event.tenant_id, recorded, id=event.tenant_id, max_runs=event.max_runs or 0)


def budget_set(rows: Rows, recorded: Recorded, event: TenantBudgetSet) -> None:
    limit = NO_BUDGET if event.monthly_budget is None else event.monthly_budget
    rows.put(event.tenant_id, recorded, id=event.tenant_id, monthly_budget=limit)


ON: Handlers[Rows] = {
    TenantProvisioned: provisioned,
    TenantActivated: activated,
    TenantRestricted: held,
    TenantSuspended: held,
    TenantReinstated: held,
    TenantLimitsSet: limits_set,
    TenantBudgetSet: budget_set,
}

PROJECTION = Projection(
    name="tenants",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("tenants",),
    project=project,
)
