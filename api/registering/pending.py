"""What somebody wished for when they registered, kept sealed until they show that the address is theirs."""

from dataclasses import dataclass
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict

from api.parts import Deps
from schemas.base import TenantId, UserId
from schemas.identity.types import Email
from schemas.tenancy.types import Name, Subdomain


class Wish(BaseModel):
    """A person, and a tenant of their own."""

    model_config = ConfigDict(frozen=True)

    email: Email
    name: Name
    company: Name
    subdomain: Subdomain | None = None


class Kept(BaseModel):
    wish: Wish
    password_hash: str


@dataclass(frozen=True)
class Ids:
    """Derived from the registration: however often it is carried out, they come out the same."""

    registration: UUID

    @property
    def user(self) -> UserId:
        return UserId(uuid5(self.registration, "user"))

    @property
    def tenant(self) -> TenantId:
        return TenantId(uuid5(self.registration, "tenant"))


async def put(deps: Deps, wish: Wish, password_hash: str) -> UUID:
    kept = Kept(wish=wish, password_hash=password_hash)
    sealed = deps.registration.box.seal(kept.model_dump_json().encode())
    return await deps.vault.registrations.put(deps.people.index(wish.email), sealed)


async def find(deps: Deps, email_index: str) -> tuple[UUID, Kept] | None:
    pending = await deps.vault.registrations.find(email_index)
    if pending is None:
        return None
    return pending.id, Kept.model_validate_json(deps.registration.box.open(pending.sealed))
