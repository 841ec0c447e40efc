"""Holding a tenant back, for one cause among several, and letting go of it."""

from collections.abc import Mapping

from contexts.kernel import Context
from contexts.tenancy.errors import HeldForAnotherCause, TenantNotActive, TenantNotSuspended
from contexts.tenancy.tenant import Tenant, open_own, own, without
from schemas.base import TenantId
from schemas.tenancy.commands import MarkTenantPastDue, ReinstateTenant, RestrictTenant, SuspendTenant
from schemas.tenancy.events import TenantPastDue, TenantReinstated, TenantRestricted, TenantSuspended
from schemas.tenancy.types import By, Cause, Held, TenantStatus

Wish = MarkTenantPastDue | RestrictTenant | SuspendTenant | ReinstateTenant
STRICTNESS: tuple[Held, ...] = ("past_due", "restricted", "suspended")


def mark_past_due(state: Tenant | None, command: MarkTenantPastDue, ctx: Context) -> list[TenantPastDue]:
    held = held_after(state, command, "past_due", ctx)
    return [] if held is None else [TenantPastDue(**told(command, held, ctx))]


def restrict(state: Tenant | None, command: RestrictTenant, ctx: Context) -> list[TenantRestricted]:
    held = held_after(state, command, "restricted", ctx)
    return [] if held is None else [TenantRestricted(**told(command, held, ctx))]


def suspend(state: Tenant | None, command: SuspendTenant, ctx: Context) -> list[TenantSuspended]:
    held = held_after(state, command, "suspended", ctx)
    return [] if held is None else [TenantSuspended(**told(command, held, ctx))]


def reinstate(state: Tenant | None, command: ReinstateTenant, ctx: Context) -> list[TenantReinstated]:
    """A numbered wish is noted even where nothing is to be lifted: an older one may still be on its way."""
    tenant = own(state, command.tenant_id, ctx)
    if too_late(tenant, command):
        return []
    tenant = open_own(state, command.tenant_id, ctx)
    cause = cause_of(command, ctx)
    if cause not in tenant.held and not command.as_of:
        return nothing_to_lift(tenant)
    return [TenantReinstated(**told(command, without(tenant.held, cause), ctx))]


def held_after(
    state: Tenant | None, command: Wish, wished: Held, ctx: Context
) -> Mapping[Cause, Held] | None:
    """None: that changes nothing."""
    tenant = own(state, command.tenant_id, ctx)
    if too_late(tenant, command):
        return None
    tenant = holdable(state, command.tenant_id, ctx)
    held: dict[Cause, Held] = {**tenant.held, cause_of(command, ctx): wished}
    return None if held == tenant.held else held


def told(command: Wish, held: Mapping[Cause, Held], ctx: Context) -> dict[str, object]:
    return {**dict(command), "cause": cause_of(command, ctx), "status": status_of(held)}


def cause_of(command: Wish, ctx: Context) -> By:
    """So that no partner lifts what the platform did."""
    return "partner" if ctx.actor.partner_id is not None else command.cause


def nothing_to_lift(tenant: Tenant) -> list[TenantReinstated]:
    if tenant.held:
        raise HeldForAnotherCause(f"tenant {tenant.tenant_id} is {tenant.status} by {', '.join(tenant.held)}")
    if tenant.status != "active":
        raise TenantNotSuspended(f"tenant {tenant.tenant_id} is {tenant.status}, not suspended")
    return []


def holdable(state: Tenant | None, tenant_id: TenantId, ctx: Context) -> Tenant:
    tenant = open_own(state, tenant_id, ctx)
    if tenant.status == "provisioned":
        raise TenantNotActive(f"tenant {tenant_id} is provisioned: only an active one is held back")
    return tenant


def too_late(tenant: Tenant, command: Wish) -> bool:
    """Older than what the cause wished last; or the tenant is closed, and nobody waits for an answer."""
    if tenant.status == "closed" and command.as_of:
        return True
    return command.as_of < tenant.heard.get(command.cause, 0)


def status_of(held: Mapping[Cause, Held]) -> TenantStatus:
    return max(held.values(), key=STRICTNESS.index) if held else "active"
