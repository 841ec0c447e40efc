"""From a password to an access token."""

from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from api.deps import unauthenticated
from api.errors import ApiProblem
from api.parts import Deps
from api.reads import PLATFORM_SCOPE
from api.rows.people import MemberRow, UserRow
from api.tarpit import TooManyAttempts
from schemas.envelope import Actor
from schemas.identity.types import Email

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
        self.user = await user_with(self.deps, email) if email else None
        stored = await self.deps.people.passwords.hash_of(self.user.id) if self.user else None
        return await self.deps.passwords.verify(stored, self.password)


async def user_with(deps: Deps, email: str) -> UserRow | None:
    """Who may log in under this address."""
    user = await deps.reads.user_by_index(PLATFORM_SCOPE, deps.people.index(email))
    return None if user is None or user.disabled or user.erased else user


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
    """At the place they came to first."""
    places = await deps.reads.memberships(PLATFORM_SCOPE, user.id)
    if not places:
        raise ApiProblem(403, "auth.no_membership", "You belong to no tenant and no partner at present.")
    return actor_at(places[0])


def actor_at(member: MemberRow) -> Actor:
    return Actor(
        kind="user",
        id=str(member.id),
        role=member.role,
        tenant_id=member.tenant_id,
        partner_id=member.partner_id,
    )
