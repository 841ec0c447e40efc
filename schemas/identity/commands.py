from schemas.access import Role
from schemas.base import Command, PartnerId, TenantId, UserId
from schemas.tenancy.types import Email, Name


class RegisterUser(Command, type_name="identity.user.register", stream="user-{0.user_id}"):
    """`tenant_id` and `partner_id` say where the user belongs; both absent: the platform."""

    user_id: UserId
    email: Email
    name: Name
    password_hash: str
    role: Role
    partner_id: PartnerId | None = None
    tenant_id: TenantId | None = None
