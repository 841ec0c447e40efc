from decimal import Decimal

from schemas.base import Claim, Event, PartnerId, TenantId
from schemas.execution.types import SourceRef
from schemas.identity.types import Person, ProviderAccount
from schemas.tenancy import subdomains
from schemas.tenancy.types import By, PartnerTerms, TenantStatus


class PartnerCreated(Event, type_name="tenancy.partner.created"):
    partner_id: PartnerId
    name: str
    terms: PartnerTerms
    admin: Person | None

    def claims(self) -> tuple[Claim, ...]:
        return (self.admin.claim,) if self.admin else ()


class TenantProvisioned(Event, type_name="tenancy.tenant.provisioned"):
    tenant_id: TenantId
    partner_id: PartnerId
    name: str
    subdomain: str
    monthly_budget: Decimal | None
    owner: Person | None
    owner_verified: bool = False
    owner_account: ProviderAccount | None = None

    def claims(self) -> tuple[Claim, ...]:
        subdomain = subdomains.claim(self.subdomain, self.tenant_id)
        if self.owner is None:
            return (subdomain,)
        account = (self.owner_account.claim(self.owner.user_id),) if self.owner_account else ()
        return (subdomain, self.owner.claim, *account)


class TenantActivated(Event, type_name="tenancy.tenant.activated"):
    tenant_id: TenantId


class TenantPastDue(Event, type_name="tenancy.tenant.past_due"):
    """`status`, here and below: what the tenant is then, all causes taken together."""

    tenant_id: TenantId
    reason: str
    cause: By
    status: TenantStatus
    as_of: int = 0


class TenantRestricted(Event, type_name="tenancy.tenant.restricted"):
    tenant_id: TenantId
    reason: str
    cause: By
    status: TenantStatus
    as_of: int = 0


class TenantSuspended(Event, type_name="tenancy.tenant.suspended"):
    tenant_id: TenantId
    reason: str
    cause: By = "operator"
    status: TenantStatus = "suspended"
    as_of: int = 0


class TenantReinstated(Event, type_name="tenancy.tenant.reinstated"):
    tenant_id: TenantId
    reason: str
    cause: By = "operator"
    status: TenantStatus = "active"
    as_of: int = 0


class TenantLimitsSet(Event, type_name="tenancy.tenant.limits_set"):
    """Without `max_runs` the platform's own limit holds."""

    tenant_id: TenantId
    max_runs: int | None


class TenantBudgetSet(Event, type_name="tenancy.tenant.budget_set"):
    tenant_id: TenantId
    monthly_budget: Decimal | None


class SourceBudgetSet(Event, type_name="tenancy.tenant.source_budget_set"):
    tenant_id: TenantId
    source: SourceRef
    monthly_budget: Decimal | None
