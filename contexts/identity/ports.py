"""What identity needs from outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from schemas.base import UserId
from schemas.identity.types import Place


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


@dataclass(frozen=True)
class IdentityPorts:
    places: Places
    vault: Vault
