from schemas.base import Command, PartnerId, TenantId
from schemas.execution.types import SourceRef
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


class SetTenantBudget(Command, type_name="tenancy.tenant.set_budget", stream="tenant-{0.tenant_id}"):
    """What the tenant may be charged in a month. Without one there is no limit."""

    tenant_id: TenantId
    monthly_budget: Budget | None


class SetSourceBudget(Command, type_name="tenancy.tenant.set_source_budget", stream="tenant-{0.tenant_id}"):
    """What the runs of one workflow or agent may come to in a month."""

    tenant_id: TenantId
    source: SourceRef
    monthly_budget: Budget | None
