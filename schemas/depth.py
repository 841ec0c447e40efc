"""How deep JSON may be nested where we did not make it: what writes events goes down 255 levels."""

from collections.abc import Mapping
from typing import Any

MAX_DEPTH = 100


def too_deep(value: Any, left: int = MAX_DEPTH) -> bool:
    match value:
        case Mapping():
            return not left or any(too_deep(item, left - 1) for item in value.values())
        case list() | tuple():
            return not left or any(too_deep(item, left - 1) for item in value)
    return False
