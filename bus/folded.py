"""What is known of a stream."""

from typing import Any, Final, NamedTuple

from schemas.base import PLATFORM, TenantId


class Folded(NamedTuple):
    """A stream's state after its event `version`, which stands at `position` (0: not known).

    `size`: bytes of the events in it, about what it takes in memory.
    """

    version: int
    position: int
    tenant_id: TenantId
    state: Any
    size: int = 0


GONE: Final = object()
"""In place of a state whose events were erased: nothing is decided on it, and nobody reads it."""

NOTHING = Folded(0, 0, PLATFORM, None)
