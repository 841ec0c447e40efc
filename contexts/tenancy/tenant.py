"""A customer: provisioned by its partner, active once its owner can log in, held back and reinstated.

Several causes may hold a tenant back at once; it is as free as the strictest of them lets it be.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from uuid import UUID

from contexts.kernel import Aggregate, Context
from contexts.tenancy.errors import (
    NotYourPartner,
    PartnerNotFound,
    TenantExists,
    TenantNotFound,
)
from contexts.tenancy.facts import ProvisioningFacts
from schemas.base import PartnerId, TenantId
from schemas.identity.types import Person
from schemas.tenancy.commands import (
    ActivateTenant,
    ProvisionTenant,
    SetTenantLimits,
)
from schemas.tenancy.events import (
    SourceBudgetSet,
    TenantActivated,
    TenantBudgetSet,
    TenantLimitsSet,
    TenantProvisioned,
    TenantReinstated,
    TenantRestricted,
    TenantSuspended,
)
from schemas.tenancy.types import Cause, Held, TenantStatus

HoldEvent = TenantRestricted | TenantSuspended | TenantReinstated
SettingEvent = TenantLimitsSet | TenantBudgetSet | SourceBudgetSet
TenantEvent = TenantProvisioned | TenantActivated | SettingEvent | HoldEvent


@dataclass(frozen=True)
class Tenant:
    """`source_budgets`: by the id of the workflow or agent."""

    tenant_id: TenantId
    partner_id: PartnerId
    name: str
    subdomain: str
    monthly_budget: Decimal | None
    owner: Person | None
    status: TenantStatus = "provisioned"
    max_runs: int | None = None
    source_budgets: Mapping[UUID, Decimal] = field(default_factory=dict)
    held: Mapping[Cause, Held] = field(default_factory=dict)
    heard: Mapping[Cause, int] = field(default_factory=dict)
    """The last numbered wish of each cause."""


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
    names = ("status", "max_runs", "monthly_budget", "source_budgets", "held", "heard")
    return replace(tenant, **{name: getattr(told, name) for name in names}) == told


def activate(state: Tenant | None, command: ActivateTenant, ctx: Context) -> list[TenantActivated]:
    """Once in a tenant's life: a suspended one was activated before, and stays suspended."""
    if found(state, command.tenant_id).status != "provisioned":
        return []
    return [TenantActivated(tenant_id=command.tenant_id)]


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
        case TenantActivated():
            return replace(state, status="active")
        case TenantRestricted():
            return noted(state, event, {**state.held, event.cause: "restricted"})
        case TenantSuspended():
            return noted(state, event, {**state.held, event.cause: "suspended"})
    return noted(state, event, {cause: held for cause, held in state.held.items() if cause != event.cause})


def budgets_after(tenant: Tenant, event: SourceBudgetSet) -> Mapping[UUID, Decimal]:
    others = {id_: limit for id_, limit in tenant.source_budgets.items() if id_ != event.source.id}
    return others if event.monthly_budget is None else {**others, event.source.id: event.monthly_budget}


def noted(state: Tenant, event: HoldEvent, held: Mapping[Cause, Held]) -> Tenant:
    heard = {**state.heard, event.cause: event.as_of} if event.as_of else state.heard
    return replace(state, status=event.status, held=held, heard=heard)


TENANT = Aggregate("tenant", Tenant, evolve)
