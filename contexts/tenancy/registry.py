from contexts.kernel import Handler, Policy, Registry
from contexts.tenancy.budgets import set_budget, set_source_budget
from contexts.tenancy.dunning_policy import when_dunning_level_changed
from contexts.tenancy.holding import reinstate, restrict, suspend
from contexts.tenancy.partner import PARTNER, create
from contexts.tenancy.policies import when_membership_granted
from contexts.tenancy.tenant import TENANT, activate, provision, set_limits
from schemas.access import Permission
from schemas.billing.dunning import DunningLevelChanged
from schemas.identity.events import MembershipGranted
from schemas.tenancy.commands import (
    ActivateTenant,
    CreatePartner,
    ProvisionTenant,
    ReinstateTenant,
    RestrictTenant,
    SetSourceBudget,
    SetTenantBudget,
    SetTenantLimits,
    SuspendTenant,
)

REGISTRY = Registry(
    context="tenancy",
    handlers=(
        Handler(CreatePartner, PARTNER, create, Permission.PARTNERS_CREATE),
        Handler(ProvisionTenant, TENANT, provision, Permission.TENANTS_PROVISION),
        Handler(ActivateTenant, TENANT, activate, Permission.INTERNAL),
        Handler(RestrictTenant, TENANT, restrict, Permission.TENANTS_SUSPEND),
        Handler(SuspendTenant, TENANT, suspend, Permission.TENANTS_SUSPEND),
        Handler(ReinstateTenant, TENANT, reinstate, Permission.TENANTS_SUSPEND),
        Handler(SetTenantLimits, TENANT, set_limits, Permission.TENANTS_LIMIT),
        Handler(SetTenantBudget, TENANT, set_budget, Permission.TENANTS_LIMIT),
        Handler(SetSourceBudget, TENANT, set_source_budget, Permission.BUDGETS_SET),
    ),
    policies=(
        Policy("tenancy.when_membership_granted", MembershipGranted, when_membership_granted),
        Policy("tenancy.when_dunning_level_changed", DunningLevelChanged, when_dunning_level_changed),
    ),
)
