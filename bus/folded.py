from typing import Any, NamedTuple

from schemas.base import PLATFORM, TenantId


class Folded(NamedTuple):
    """A stream's state after its event `version`, which stands at `position` (0: not known)."""

    version: int
    position: int
    tenant_id: TenantId
    state: Any


NOTHING = Folded(0, 0, PLATFORM, None)
