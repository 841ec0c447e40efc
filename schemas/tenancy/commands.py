from schemas.base import Command, PartnerId, TenantId
from schemas.tenancy.types import Budget, Cause, MaxRuns, Name, NewUser, PartnerTerms, Subdomain


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


class RestrictTenant(Command, type_name="tenancy.tenant.restrict", stream="tenant-{0.tenant_id}"):
    """`as_of` numbers the wishes of a cause that sends several: an older one than the last says nothing."""

    tenant_id: TenantId
    reason: str
    cause: Cause = "operator"
    as_of: int = 0


class SuspendTenant(Command, type_name="tenancy.tenant.suspend", stream="tenant-{0.tenant_id}"):
    tenant_id: TenantId
    reason: str
    cause: Cause = "operator"
    as_of: int = 0


class ReinstateTenant(Command, type_name="tenancy.tenant.reinstate", stream="tenant-{0.tenant_id}"):
    """Lifts what was done for the same cause; what other causes did stays."""

    tenant_id: TenantId
    reason: str
    cause: Cause = "operator"
    as_of: int = 0


class SetTenantLimits(Command, type_name="tenancy.tenant.set_limits", stream="tenant-{0.tenant_id}"):
    """Without `max_runs` the platform's own limit holds again."""

    tenant_id: TenantId
    max_runs: MaxRuns | None
