"""What identity needs from outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from schemas.base import UserId
from schemas.identity.invitations import RevokeInvitation
from schemas.identity.types import Place
from schemas.personal import Personal


class Places(Protocol):
    async def of(self, user_id: UserId, position: int) -> Sequence[Place]:
        """Where somebody has a role as the read model has it, not before it has passed `position`: else it
        raises.
        """
        ...


class Vault(Protocol):
    async def erase(self, user_id: UserId) -> Mapping[str, int]:
        """Destroys their keys and all that proves who they are; returns how much of what. May be repeated."""
        ...

    async def forget(self, subject: UUID) -> int:
        """Destroys the keys of what is no person; returns how many. May be repeated."""
        ...


class Invited(Protocol):
    async def pending(self, email_index: str, position: int) -> Sequence[RevokeInvitation]:
        """What takes back each open invitation to an address, once the read model has passed `position`."""
        ...


class Farewells(Protocol):
    async def to(self, user_id: UserId) -> Personal | None:
        """Where a last letter to them goes, under a key that outlives theirs by days. None: nobody knows."""
        ...


@dataclass(frozen=True)
class IdentityPorts:
    places: Places
    invited: Invited
    vault: Vault
    farewells: Farewells
