"""Holding a tenant back, for one cause among several, and letting go of it."""

from collections.abc import Mapping

from contexts.kernel import Context
from contexts.tenancy.errors import HeldForAnotherCause, TenantNotActive, TenantNotSuspended
from contexts.tenancy.tenant import Tenant, own
from schemas.base import TenantId
from schemas.tenancy.commands import ReinstateTenant, RestrictTenant, SuspendTenant
from schemas.tenancy.events import TenantReinstated, TenantRestricted, TenantSuspended
from schemas.tenancy.types import Cause, Held, TenantStatus


def restrict(state: Tenant | None, command: RestrictTenant, ctx: Context) -> list[TenantRestricted]:
    tenant = holdable(state, command.tenant_id, ctx)
    held: dict[Cause, Held] = {**tenant.held, command.cause: "restricted"}
    if outdated(tenant, command) or held == tenant.held:
        return []
    return [TenantRestricted(**dict(command), status=status_of(held))]


def suspend(state: Tenant | None, command: SuspendTenant, ctx: Context) -> list[TenantSuspended]:
    tenant = holdable(state, command.tenant_id, ctx)
    held: dict[Cause, Held] = {**tenant.held, command.cause: "suspended"}
    if outdated(tenant, command) or held == tenant.held:
        return []
    return [TenantSuspended(**dict(command), status=status_of(held))]


def reinstate(state: Tenant | None, command: ReinstateTenant, ctx: Context) -> list[TenantReinstated]:
    """A numbered wish is noted even where nothing is to be lifted: an older one may still be on its way."""
    tenant = own(state, command.tenant_id, ctx)
    if outdated(tenant, command):
        return []
    if command.cause not in tenant.held and not command.as_of:
        return nothing_to_lift(tenant)
    held = {cause: status for cause, status in tenant.held.items() if cause != command.cause}
    return [TenantReinstated(**dict(command), status=status_of(held))]


def nothing_to_lift(tenant: Tenant) -> list[TenantReinstated]:
    if tenant.held:
        raise HeldForAnotherCause(f"tenant {tenant.tenant_id} is {tenant.status} by {', '.join(tenant.held)}")
    if tenant.status != "active":
        raise TenantNotSuspended(f"tenant {tenant.tenant_id} is {tenant.status}, not suspended")
    return []


def holdable(state: Tenant | None, tenant_id: TenantId, ctx: Context) -> Tenant:
    tenant = own(state, tenant_id, ctx)
    if tenant.status == "provisioned":
        raise TenantNotActive(f"tenant {tenant_id} is provisioned: only an active one is held back")
    return tenant


def outdated(tenant: Tenant, command: RestrictTenant | SuspendTenant | ReinstateTenant) -> bool:
    return command.as_of < tenant.heard.get(command.cause, 0)


def status_of(held: Mapping[Cause, Held]) -> TenantStatus:
    if "suspended" in held.values():
        return "suspended"
    return "restricted" if held else "active"
