"""JSON values against declared types, as in JSON Schema: 1.0 is an integer, true is no number."""

from typing import Any

from schemas.authoring.parts import InputType


def fits(kind: InputType, value: Any) -> bool:
    match value:
        case bool():
            return kind == "boolean"
        case int():
            return kind in ("integer", "number")
        case float():
            return kind == "number" or (kind == "integer" and value.is_integer())
        case str():
            return kind == "string"
        case dict():
            return kind == "object"
        case list() | tuple():
            return kind == "array"
    return False
