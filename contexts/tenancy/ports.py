"""What tenancy needs from outside."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from schemas.base import TenantId


class Content(Protocol):
    async def erase(self, tenant_id: TenantId) -> Mapping[str, int]:
        """All it wrote and ran, from the record; what that was in all, however often it was begun."""
        ...


@dataclass(frozen=True)
class TenancyPorts:
    content: Content
