"""A customer: provisioned by its partner, active once its owner can log in, suspended and reinstated."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from uuid import UUID

from contexts.kernel import Aggregate, Context
from contexts.tenancy.errors import (
    NotYourPartner,
    PartnerNotFound,
    TenantExists,
    TenantNotActive,
    TenantNotFound,
    TenantNotSuspended,
)
from contexts.tenancy.facts import ProvisioningFacts
from schemas.base import PartnerId, TenantId
from schemas.tenancy.commands import (
    ActivateTenant,
    ProvisionTenant,
    ReinstateTenant,
    SetTenantLimits,
    SuspendTenant,
)
from schemas.tenancy.events import (
    SourceBudgetSet,
    TenantActivated,
    TenantBudgetSet,
    TenantLimitsSet,
    TenantProvisioned,
    TenantReinstated,
    TenantSuspended,
)
from schemas.tenancy.types import NewUser, TenantStatus

StatusEvent = TenantActivated | TenantSuspended | TenantReinstated
SettingEvent = TenantLimitsSet | TenantBudgetSet | SourceBudgetSet
TenantEvent = TenantProvisioned | SettingEvent | StatusEvent


@dataclass(frozen=True)
class Tenant:
    """`source_budgets`: by the id of the workflow or agent."""

    tenant_id: TenantId
    partner_id: PartnerId
    name: str
    subdomain: str
    monthly_budget: Decimal | None
    owner: NewUser
    status: TenantStatus = "provisioned"
    max_runs: int | None = None
    source_budgets: Mapping[UUID, Decimal] = field(default_factory=dict)


def provision(state: Tenant | None, command: ProvisionTenant, ctx: Context) -> list[TenantProvisioned]:
    facts: ProvisioningFacts = ctx.facts
    require_own_partner(command.partner_id, ctx)
    if not facts.partner_exists:
        raise PartnerNotFound(f"there is no partner {command.partner_id}")
    event = TenantProvisioned(**dict(command))
    if state is None:
        return [event]
    if asked_before(state, event):
        return []
    raise TenantExists(f"tenant {command.tenant_id} exists with other details")


def asked_before(tenant: Tenant, event: TenantProvisioned) -> bool:
    """Apart from what was set since."""
    told = evolve(None, event)
    names = ("status", "max_runs", "monthly_budget", "source_budgets")
    return replace(tenant, **{name: getattr(told, name) for name in names}) == told


def activate(state: Tenant | None, command: ActivateTenant, ctx: Context) -> list[TenantActivated]:
    """Once in a tenant's life: a suspended one was activated before, and stays suspended."""
    if found(state, command.tenant_id).status != "provisioned":
        return []
    return [TenantActivated(tenant_id=command.tenant_id)]


def suspend(state: Tenant | None, command: SuspendTenant, ctx: Context) -> list[TenantSuspended]:
    tenant = own(state, command.tenant_id, ctx)
    if tenant.status == "suspended":
        return []
    if tenant.status != "active":
        raise TenantNotActive(
            f"tenant {tenant.tenant_id} is {tenant.status}: only an active one is suspended"
        )
    return [TenantSuspended(tenant_id=command.tenant_id, reason=command.reason)]


def reinstate(state: Tenant | None, command: ReinstateTenant, ctx: Context) -> list[TenantReinstated]:
    tenant = own(state, command.tenant_id, ctx)
    if tenant.status == "active":
        return []
    if tenant.status != "suspended":
        raise TenantNotSuspended(f"tenant {tenant.tenant_id} is {tenant.status}, not suspended")
    return [TenantReinstated(tenant_id=command.tenant_id, reason=command.reason)]


def set_limits(state: Tenant | None, command: SetTenantLimits, ctx: Context) -> list[TenantLimitsSet]:
    """Runs that are under way go on, however low the limit becomes."""
    tenant = own(state, command.tenant_id, ctx)
    if tenant.max_runs == command.max_runs:
        return []
    return [TenantLimitsSet(tenant_id=command.tenant_id, max_runs=command.max_runs)]


def found(state: Tenant | None, tenant_id: TenantId) -> Tenant:
    if state is None:
        raise TenantNotFound(f"there is no tenant {tenant_id}")
    return state


def own(state: Tenant | None, tenant_id: TenantId, ctx: Context) -> Tenant:
    tenant = found(state, tenant_id)
    require_own_partner(tenant.partner_id, ctx)
    return tenant


def require_own_partner(partner_id: PartnerId, ctx: Context) -> None:
    """An actor without a partner is the platform's; it may act for every partner."""
    if ctx.actor.partner_id not in (None, partner_id):
        raise NotYourPartner("this tenant belongs to another partner")


def evolve(state: Tenant | None, event: TenantEvent) -> Tenant | None:
    if isinstance(event, TenantProvisioned):
        return Tenant(**dict(event))
    if state is None:
        return None
    match event:
        case TenantLimitsSet():
            return replace(state, max_runs=event.max_runs)
        case TenantBudgetSet():
            return replace(state, monthly_budget=event.monthly_budget)
        case SourceBudgetSet():
            return replace(state, source_budgets=budgets_after(state, event))
    return replace(state, status=STATUS_AFTER[type(event)])


def budgets_after(tenant: Tenant, event: SourceBudgetSet) -> Mapping[UUID, Decimal]:
    others = {id_: limit for id_, limit in tenant.source_budgets.items() if id_ != event.source.id}
    return others if event.monthly_budget is None else {**others, event.source.id: event.monthly_budget}


STATUS_AFTER: dict[type[StatusEvent], TenantStatus] = {
    TenantActivated: "active",
    TenantSuspended: "suspended",
    TenantReinstated: "active",
}

TENANT = Aggregate("tenant", Tenant, evolve)
