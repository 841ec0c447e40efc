from contexts.identity.policies import when_partner_created, when_tenant_provisioned
from contexts.identity.user import USER, register
from contexts.kernel import Handler, Policy, Registry
from schemas.access import Permission
from schemas.identity.commands import RegisterUser
from schemas.tenancy.events import PartnerCreated, TenantProvisioned

REGISTRY = Registry(
    context="identity",
    handlers=(Handler(RegisterUser, USER, register, Permission.USERS_REGISTER),),
    policies=(
        Policy("identity.when_partner_created", PartnerCreated, when_partner_created),
        Policy("identity.when_tenant_provisioned", TenantProvisioned, when_tenant_provisioned),
    ),
)
