"""Who signs in, found by what they say their address is."""

from pydantic import TypeAdapter, ValidationError

from api.parts import Deps
from api.reads import PLATFORM_SCOPE
from api.rows.people import UserRow
from schemas.identity.types import Email

EMAIL: TypeAdapter[str] = TypeAdapter(Email)


def email_from(name: str) -> str | None:
    """Nothing that is no e-mail address reaches the database."""
    try:
        return EMAIL.validate_python(name) if "\0" not in name else None
    except ValidationError:
        return None


async def user_with(deps: Deps, email: str) -> UserRow | None:
    """Who may sign in under this address."""
    return usable(await deps.reads.user_by_index(PLATFORM_SCOPE, deps.people.index(email)))


def usable(user: UserRow | None) -> UserRow | None:
    return None if user is None or user.disabled or user.erased else user
