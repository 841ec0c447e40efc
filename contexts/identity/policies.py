"""Who comes with a partner or a tenant gets to log in."""

from schemas.access import Role
from schemas.base import PartnerId, TenantId
from schemas.envelope import Recorded
from schemas.identity.commands import RegisterUser
from schemas.tenancy.events import PartnerCreated, TenantProvisioned
from schemas.tenancy.types import NewUser


def when_partner_created(event: PartnerCreated, recorded: Recorded) -> list[RegisterUser]:
    return [registration(event.admin, Role.PARTNER_ADMIN, event.partner_id, None)]


def when_tenant_provisioned(event: TenantProvisioned, recorded: Recorded) -> list[RegisterUser]:
    return [registration(event.owner, Role.TENANT_ADMIN, event.partner_id, event.tenant_id)]


def registration(
    user: NewUser, role: Role, partner_id: PartnerId, tenant_id: TenantId | None
) -> RegisterUser:
    return RegisterUser(**dict(user), role=role, partner_id=partner_id, tenant_id=tenant_id)
