"""Events as the edge shows them: of what was erased there is nothing to show."""

from collections.abc import Collection
from typing import TypeVar

from api.errors import erased
from schemas.envelope import Recorded
from schemas.tenancy.erasure import ContentErased

Events = TypeVar("Events", bound=Collection[Recorded])


def require_there(found: Events) -> Events:
    if any(isinstance(recorded.event, ContentErased) for recorded in found):
        raise erased()
    return found
