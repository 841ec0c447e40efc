from schemas.base import Command, PartnerId, TenantId
from schemas.execution.types import SourceRef
from schemas.identity.types import Person, ProviderAccount
from schemas.tenancy.types import Budget, By, MaxRuns, Name, PartnerTerms, Subdomain


class CreatePartner(Command, type_name="tenancy.partner.create", stream="partner-{0.partner_id}"):
    partner_id: PartnerId
    name: Name
    terms: PartnerTerms
    admin: Person | None


class ProvisionTenant(Command, type_name="tenancy.tenant.provision", stream="tenant-{0.tenant_id}"):
    """`owner_verified`: the owner has shown that the address is theirs. `owner_account`: how they came."""

    tenant_id: TenantId
    partner_id: PartnerId
    name: Name
    subdomain: Subdomain
    monthly_budget: Budget | None
    owner: Person | None
    owner_verified: bool = False
    owner_account: ProviderAccount | None = None


class ActivateTenant(Command, type_name="tenancy.tenant.activate", stream="tenant-{0.tenant_id}"):
    tenant_id: TenantId


class MarkTenantPastDue(Command, type_name="tenancy.tenant.mark_past_due", stream="tenant-{0.tenant_id}"):
    """`as_of` numbers the wishes of a cause that sends several: an older one than the last says nothing."""

    tenant_id: TenantId
    reason: str
    cause: By = "operator"
    as_of: int = 0


class RestrictTenant(Command, type_name="tenancy.tenant.restrict", stream="tenant-{0.tenant_id}"):
    """`cause`, here and below: of what a partner wishes it is the partner, whatever stands here."""

    tenant_id: TenantId
    reason: str
    cause: By = "operator"
    as_of: int = 0


class SuspendTenant(Command, type_name="tenancy.tenant.suspend", stream="tenant-{0.tenant_id}"):
    tenant_id: TenantId
    reason: str
    cause: By = "operator"
    as_of: int = 0


class ReinstateTenant(Command, type_name="tenancy.tenant.reinstate", stream="tenant-{0.tenant_id}"):
    """Lifts what was done for the same cause; what other causes did stays."""

    tenant_id: TenantId
    reason: str
    cause: By = "operator"
    as_of: int = 0


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
