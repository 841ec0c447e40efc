from contexts.kernel import Effect, Handler, Policy, Registry
from contexts.tenancy import closing, holding, naming, partner
from contexts.tenancy.budgets import set_budget, set_source_budget
from contexts.tenancy.dunning_policy import when_dunning_level_changed
from contexts.tenancy.effects.erase_content import erase_content
from contexts.tenancy.moving import transfer
from contexts.tenancy.partner import PARTNER
from contexts.tenancy.policies import when_membership_granted
from contexts.tenancy.tenant import TENANT, activate, provision, set_limits
from schemas.access import Permission
from schemas.billing.dunning import DunningLevelChanged
from schemas.identity.events import MembershipGranted
from schemas.tenancy import commands as c
from schemas.tenancy import erasure, life
from schemas.tenancy.partners import ClosePartner, RevisePartner

REGISTRY = Registry(
    context="tenancy",
    handlers=(
        Handler(c.CreatePartner, PARTNER, partner.create, Permission.PARTNERS_CREATE),
        Handler(RevisePartner, PARTNER, partner.revise, Permission.PARTNERS_MANAGE),
        Handler(ClosePartner, PARTNER, partner.close, Permission.PARTNERS_CREATE),
        Handler(c.ProvisionTenant, TENANT, provision, Permission.TENANTS_PROVISION),
        Handler(c.ActivateTenant, TENANT, activate, Permission.INTERNAL),
        Handler(life.ReviseTenant, TENANT, naming.revise, Permission.TENANTS_MANAGE),
        Handler(life.ChangeSubdomain, TENANT, naming.change_subdomain, Permission.TENANTS_MANAGE),
        Handler(life.FreeSubdomain, TENANT, naming.free_subdomain, Permission.INTERNAL),
        Handler(c.MarkTenantPastDue, TENANT, holding.mark_past_due, Permission.INTERNAL),
        Handler(c.RestrictTenant, TENANT, holding.restrict, Permission.TENANTS_SUSPEND),
        Handler(c.SuspendTenant, TENANT, holding.suspend, Permission.TENANTS_SUSPEND),
        Handler(c.ReinstateTenant, TENANT, holding.reinstate, Permission.TENANTS_SUSPEND),
        Handler(c.SetTenantLimits, TENANT, set_limits, Permission.TENANTS_LIMIT),
        Handler(c.SetTenantBudget, TENANT, set_budget, Permission.TENANTS_LIMIT),
        Handler(c.SetSourceBudget, TENANT, set_source_budget, Permission.BUDGETS_SET),
        Handler(life.TransferTenant, TENANT, transfer, Permission.TENANTS_TRANSFER),
        Handler(life.BeginClosing, TENANT, closing.begin_closing, Permission.TENANTS_CLOSE),
        Handler(life.WithdrawClosing, TENANT, closing.withdraw_closing, Permission.TENANTS_CLOSE),
        Handler(life.CloseTenant, TENANT, closing.close, Permission.INTERNAL),
        Handler(erasure.BeginErasure, TENANT, closing.begin_erasure, Permission.INTERNAL),
        Handler(erasure.NoteErasure, TENANT, closing.note_erasure, Permission.INTERNAL),
    ),
    policies=(
        Policy("tenancy.when_membership_granted", MembershipGranted, when_membership_granted),
        Policy("tenancy.when_dunning_level_changed", DunningLevelChanged, when_dunning_level_changed),
    ),
    effects=(Effect("tenancy.erase_content", erasure.ErasureBegun, erase_content),),
)
