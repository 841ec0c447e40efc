"""A person who can log in, with one role in one place."""

from dataclasses import dataclass

from contexts.identity.errors import RoleDoesNotFit, UserExists
from contexts.kernel import Aggregate, Context
from schemas.access import Role
from schemas.base import PartnerId, TenantId, UserId
from schemas.identity.commands import RegisterUser
from schemas.identity.events import UserRegistered

PLACE_OF_ROLE = {
    Role.APP_ADMIN: (False, False),
    Role.PARTNER_ADMIN: (True, False),
    Role.TENANT_ADMIN: (True, True),
}
"""Whether the role has a partner, whether it has a tenant."""


@dataclass(frozen=True)
class User:
    user_id: UserId
    email: str
    name: str
    password_hash: str
    role: Role
    partner_id: PartnerId | None
    tenant_id: TenantId | None


def register(state: User | None, command: RegisterUser, ctx: Context) -> list[UserRegistered]:
    require_place(command)
    event = UserRegistered(**dict(command))
    if state is None:
        return [event]
    if state == evolve(None, event):
        return []
    raise UserExists(f"user {command.user_id} is already registered with other details")


def require_place(command: RegisterUser) -> None:
    place = (command.partner_id is not None, command.tenant_id is not None)
    if place != PLACE_OF_ROLE[command.role]:
        raise RoleDoesNotFit(f"a {command.role} cannot belong to partner and tenant as given: {place}")


def evolve(state: User | None, event: UserRegistered) -> User:
    return User(**dict(event))


USER = Aggregate("user", User, evolve)
