"""JSON from others: only what can be stored and sent on."""

import json
from typing import Any

from schemas.depth import too_deep


class NotJson(ValueError):
    """Not JSON, or JSON with half characters, endless numbers or too much nesting."""


def parsed(text: bytes | str) -> Any:
    try:
        value = json.loads(text, parse_constant=no_number)
    except (ValueError, RecursionError):
        raise NotJson from None
    size_of(value)
    return value


def no_number(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")


def size_of(value: Any) -> int:
    """In bytes, as it would be written."""
    if too_deep(value):
        raise NotJson
    try:
        return len(json.dumps(value, ensure_ascii=False, allow_nan=False).encode())
    except ValueError:
        raise NotJson from None
