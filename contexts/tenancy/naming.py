"""How a tenant is called and shown, and under which name of our domain."""

from contexts.kernel import Context
from contexts.tenancy.tenant import Tenant, found, open_own
from schemas.tenancy.life import (
    ChangeSubdomain,
    FreeSubdomain,
    ReviseTenant,
    SubdomainChanged,
    SubdomainFreed,
    TenantRevised,
)
from schemas.tenancy.subdomains import QUARANTINE, looks


def revise(state: Tenant | None, command: ReviseTenant, ctx: Context) -> list[TenantRevised]:
    tenant = open_own(state, command.tenant_id, ctx)
    event = TenantRevised(**dict(command))
    return [] if tenant.revised(event) == tenant else [event]


def change_subdomain(state: Tenant | None, command: ChangeSubdomain, ctx: Context) -> list[SubdomainChanged]:
    tenant = open_own(state, command.tenant_id, ctx)
    if tenant.subdomain == command.subdomain:
        return []
    free_at = ctx.now + QUARANTINE
    return [SubdomainChanged(**dict(command), before=tenant.subdomain, free_at=free_at)]


def free_subdomain(state: Tenant | None, command: FreeSubdomain, ctx: Context) -> list[SubdomainFreed]:
    """Unless it was taken again meanwhile, or looks like one the tenant has."""
    tenant = found(state, command.tenant_id)
    free_at = tenant.left.get(command.subdomain)
    if free_at is None or ctx.now < free_at or looks(command.subdomain) in kept(tenant, command.subdomain):
        return []
    return [SubdomainFreed(**dict(command))]


def kept(tenant: Tenant, going: str) -> set[str]:
    """What the tenant's names look like, without the one that goes."""
    held = {name for name in tenant.left if name != going}
    if tenant.status != "closed":
        held.add(tenant.subdomain)
    return {looks(name) for name in held}
