"""From a password to an access token."""

from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from api.deps import unauthenticated
from api.errors import ApiProblem
from api.parts import Deps
from api.reads import PLATFORM_SCOPE
from api.rows.people import UserRow
from api.tarpit import TooManyAttempts
from schemas.base import PartnerId
from schemas.envelope import Actor
from schemas.tenancy.types import Email

EMAIL: TypeAdapter[str] = TypeAdapter(Email)


@dataclass
class Login:
    """One try. Known and unknown users get the same work and the same answer."""

    deps: Deps
    name: str
    password: str
    user: UserRow | None = None

    async def actor(self) -> Actor:
        try:
            passed = await self.deps.tarpit.attempt(self.name.strip().lower(), self._check)
        except TooManyAttempts as error:
            raise too_many_attempts() from error
        if not passed or self.user is None:
            raise unauthenticated("auth.invalid_credentials", "Wrong e-mail address or password.")
        return await actor_of(self.deps, self.user)

    async def _check(self) -> bool:
        email = email_from(self.name)
        self.user = await self.deps.reads.user_by_email(PLATFORM_SCOPE, email) if email else None
        stored = self.user.password_hash if self.user else None
        return await self.deps.passwords.verify(stored, self.password)


def email_from(name: str) -> str | None:
    """Nothing that is no e-mail address reaches the database."""
    try:
        return EMAIL.validate_python(name) if "\0" not in name else None
    except ValidationError:
        return None


def too_many_attempts() -> ApiProblem:
    return ApiProblem(
        429, "auth.too_many_attempts", "Too many attempts at this account.", headers={"Retry-After": "10"}
    )


async def actor_of(deps: Deps, user: UserRow) -> Actor:
    """A tenant's user carries the tenant's partner, so that their commands do."""
    partner_id = user.partner_id
    if user.tenant_id is not None and partner_id is None:
        partner_id = await partner_of(deps, user)
    return Actor(
        kind="user", id=str(user.id), role=user.role, tenant_id=user.tenant_id, partner_id=partner_id
    )


async def partner_of(deps: Deps, user: UserRow) -> PartnerId | None:
    assert user.tenant_id is not None
    tenant = await deps.reads.tenant(PLATFORM_SCOPE, user.tenant_id)
    return tenant.partner_id if tenant else None
