"""A customer: provisioned by its partner, active once its owner can log in, held back, reinstated, closed.

Several causes may hold a tenant back at once; it is as free as the strictest of them lets it be.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from contexts.kernel import Aggregate, Context
from contexts.tenancy.errors import (
    NotYourPartner,
    PartnerIsClosed,
    PartnerNotFound,
    TenantExists,
    TenantIsClosed,
    TenantNotFound,
)
from contexts.tenancy.facts import PartnerFacts
from schemas.base import Event, PartnerId, TenantId
from schemas.tenancy import life
from schemas.tenancy.commands import ActivateTenant, ProvisionTenant, SetTenantLimits
from schemas.tenancy.erasure import ErasureBegun, TenantErased
from schemas.tenancy.events import (
    SourceBudgetSet,
    TenantActivated,
    TenantBudgetSet,
    TenantLimitsSet,
    TenantPastDue,
    TenantProvisioned,
    TenantReinstated,
    TenantRestricted,
    TenantSuspended,
)
from schemas.tenancy.partners import PartnerTenantAdded
from schemas.tenancy.profile import Branding, ProfileSettings
from schemas.tenancy.types import Cause, Held, TenantStatus

K = TypeVar("K")
V = TypeVar("V")

HoldEvent = TenantPastDue | TenantRestricted | TenantSuspended | TenantReinstated
SettingEvent = TenantLimitsSet | TenantBudgetSet | SourceBudgetSet
ProfileEvent = life.TenantRevised | life.SubdomainChanged | life.SubdomainFreed
ClosingEvent = life.TenantClosingBegun | life.TenantClosingWithdrawn | life.TenantClosed
ErasureEvent = ErasureBegun | TenantErased
TenantEvent = (
    TenantProvisioned
    | TenantActivated
    | SettingEvent
    | ProfileEvent
    | life.TenantTransferred
    | HoldEvent
    | ClosingEvent
    | ErasureEvent
)


@dataclass(frozen=True)
class Tenant:
    """`source_budgets`: by the id of the workflow or agent. `left`: names it gave up, and when they are free.

    `first`: what it was provisioned with, to tell a repetition. `partners`: those before, and until when.
    `heard`: the last numbered wish of each cause. `erasing`, `erased`: what it wrote and ran.
    """

    tenant_id: TenantId
    partner_id: PartnerId
    name: str
    subdomain: str
    monthly_budget: Decimal | None
    first: TenantProvisioned
    status: TenantStatus = "provisioned"
    max_runs: int | None = None
    source_budgets: Mapping[UUID, Decimal] = field(default_factory=dict)
    settings: ProfileSettings = field(default_factory=ProfileSettings)
    branding: Branding = field(default_factory=Branding)
    left: Mapping[str, datetime] = field(default_factory=dict)
    partners: tuple[tuple[datetime, PartnerId], ...] = ()
    closing: life.TenantClosingBegun | None = None
    held: Mapping[Cause, Held] = field(default_factory=dict)
    heard: Mapping[Cause, int] = field(default_factory=dict)
    erasing: bool = False
    erased: bool = False

    def partner_at(self, moment: datetime) -> PartnerId:
        before = (partner for until, partner in self.partners if moment < until)
        return next(before, self.partner_id)

    def revised(self, event: life.TenantRevised) -> "Tenant":
        return replace(
            self,
            name=event.name or self.name,
            settings=event.settings or self.settings,
            branding=event.branding or self.branding,
        )


def provision(state: Tenant | None, command: ProvisionTenant, ctx: Context) -> Sequence[Event]:
    facts: PartnerFacts = ctx.facts
    require_own_partner(command.partner_id, ctx)
    if not facts.exists:
        raise PartnerNotFound(f"there is no partner {command.partner_id}")
    event = TenantProvisioned(**dict(command))
    if state is not None and state.first == event:
        return []
    if state is not None:
        raise TenantExists(f"tenant {command.tenant_id} exists with other details")
    if facts.closed:
        raise PartnerIsClosed(f"partner {command.partner_id} is closed")
    return [event, PartnerTenantAdded(partner_id=command.partner_id, tenant_id=command.tenant_id)]


def activate(state: Tenant | None, command: ActivateTenant, ctx: Context) -> list[TenantActivated]:
    """Once in a tenant's life: a suspended one was activated before, and stays suspended."""
    if found(state, command.tenant_id).status != "provisioned":
        return []
    return [TenantActivated(tenant_id=command.tenant_id)]


def set_limits(state: Tenant | None, command: SetTenantLimits, ctx: Context) -> list[TenantLimitsSet]:
    """Runs that are under way go on, however low the limit becomes."""
    tenant = open_own(state, command.tenant_id, ctx)
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


def open_own(state: Tenant | None, tenant_id: TenantId, ctx: Context) -> Tenant:
    tenant = own(state, tenant_id, ctx)
    if tenant.status == "closed":
        raise TenantIsClosed(f"tenant {tenant_id} is closed, for ever")
    return tenant


def require_own_partner(partner_id: PartnerId, ctx: Context) -> None:
    """An actor without a partner is the platform's; it may act for every partner."""
    if ctx.actor.partner_id not in (None, partner_id):
        raise NotYourPartner("this tenant belongs to another partner")


def evolve(state: Tenant | None, event: TenantEvent) -> Tenant | None:
    if isinstance(event, TenantProvisioned):
        names = ("tenant_id", "partner_id", "name", "subdomain", "monthly_budget")
        return Tenant(**{name: getattr(event, name) for name in names}, first=event)
    if state is None:
        return None
    match event:
        case TenantActivated():
            return replace(state, status="active")
        case TenantLimitsSet() | TenantBudgetSet() | SourceBudgetSet():
            return limited(state, event)
        case life.TenantRevised() | life.SubdomainChanged() | life.SubdomainFreed():
            return named(state, event)
        case life.TenantTransferred():
            before = (event.at, event.from_partner)
            return replace(state, partner_id=event.to_partner, partners=(*state.partners, before))
        case life.TenantClosingBegun() | life.TenantClosingWithdrawn() | life.TenantClosed():
            return ending(state, event)
        case ErasureBegun():
            return replace(state, erasing=True)
        case TenantErased():
            return replace(state, erased=True)
    return noted(state, event)


def limited(tenant: Tenant, event: SettingEvent) -> Tenant:
    match event:
        case TenantLimitsSet():
            return replace(tenant, max_runs=event.max_runs)
        case TenantBudgetSet():
            return replace(tenant, monthly_budget=event.monthly_budget)
    return replace(tenant, source_budgets=budgets_after(tenant, event))


def budgets_after(tenant: Tenant, event: SourceBudgetSet) -> Mapping[UUID, Decimal]:
    others = {id_: limit for id_, limit in tenant.source_budgets.items() if id_ != event.source.id}
    return others if event.monthly_budget is None else {**others, event.source.id: event.monthly_budget}


def named(tenant: Tenant, event: ProfileEvent) -> Tenant:
    match event:
        case life.TenantRevised():
            return tenant.revised(event)
        case life.SubdomainFreed():
            return replace(tenant, left=without(tenant.left, event.subdomain))
    left = {**without(tenant.left, event.subdomain), event.before: event.free_at}
    return replace(tenant, subdomain=event.subdomain, left=left)


def without(known: Mapping[K, V], key: object) -> dict[K, V]:
    return {other: value for other, value in known.items() if other != key}


def ending(tenant: Tenant, event: ClosingEvent) -> Tenant:
    others = without(tenant.held, "closing")
    match event:
        case life.TenantClosingBegun():
            held: dict[Cause, Held] = {**others, "closing": "restricted"}
            return replace(tenant, status=event.status, held=held, closing=event)
        case life.TenantClosingWithdrawn():
            return replace(tenant, status=event.status, held=others, closing=None)
    left = {**tenant.left, event.subdomain: event.free_at}
    return replace(tenant, status="closed", held={}, closing=None, left=left)


HELD: dict[type[Event], Held] = {
    TenantPastDue: "past_due",
    TenantRestricted: "restricted",
    TenantSuspended: "suspended",
}


def noted(tenant: Tenant, event: HoldEvent) -> Tenant:
    held = without(tenant.held, event.cause)
    if type(event) in HELD:
        held[event.cause] = HELD[type(event)]
    heard = {**tenant.heard, event.cause: event.as_of} if event.as_of else tenant.heard
    return replace(tenant, status=event.status, held=held, heard=heard)


TENANT = Aggregate("tenant", Tenant, evolve, snapshot_every=200)
