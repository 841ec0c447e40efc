from schemas.base import Command, PartnerId, TenantId
from schemas.tenancy.types import Budget, MaxRuns, Name, NewUser, PartnerTerms, Subdomain


class CreatePartner(Command, type_name="tenancy.partner.create", stream="partner-{0.partner_id}"):
    partner_id: PartnerId
    name: Name
    terms: PartnerTerms
    admin: NewUser


class ProvisionTenant(Command, type_name="tenancy.tenant.provision", stream="tenant-{0.tenant_id}"):
    tenant_id: TenantId
    partner_id: PartnerId
    name: Name
    subdomain: Subdomain
    monthly_budget: Budget | None
    owner: NewUser


class ActivateTenant(Command, type_name="tenancy.tenant.activate", stream="tenant-{0.tenant_id}"):
    tenant_id: TenantId


class SuspendTenant(Command, type_name="tenancy.tenant.suspend", stream="tenant-{0.tenant_id}"):
    tenant_id: TenantId
    reason: str


class ReinstateTenant(Command, type_name="tenancy.tenant.reinstate", stream="tenant-{0.tenant_id}"):
    tenant_id: TenantId
    reason: str


class SetTenantLimits(Command, type_name="tenancy.tenant.set_limits", stream="tenant-{0.tenant_id}"):
    """Without `max_runs` the platform's own limit holds again."""

    tenant_id: TenantId
    max_runs: MaxRuns | None
