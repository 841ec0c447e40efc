from schemas.access import Role
from schemas.base import Claim, Event, PartnerId, TenantId, UserId


class UserRegistered(Event, type_name="identity.user.registered"):
    user_id: UserId
    email: str
    name: str
    password_hash: str
    role: Role
    partner_id: PartnerId | None
    tenant_id: TenantId | None

    def claims(self) -> tuple[Claim, ...]:
        return (Claim("email", self.email, f"user-{self.user_id}"),)
