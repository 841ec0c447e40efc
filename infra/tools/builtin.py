"""The platform's own tools."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from infra.tools.json_values import NotJson, parsed
from schemas.execution.tool_error import ToolError
from schemas.execution.types import BuiltinRequest

Arguments = Mapping[str, Any]
Clock = Callable[[], datetime]
MAX_PIECES = 2_000


class BuiltinTools:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def run(self, request: BuiltinRequest) -> Any:
        match request.name:
            case "now":
                return self._clock().isoformat()
            case "json_parse":
                return json_parse(request.arguments)
            case "text_split":
                return text_split(request.arguments)
            case "echo":
                return request.arguments
        raise ToolError("tool.unknown_builtin", f"There is no built-in tool {request.name[:80]!r}.")


def json_parse(arguments: Arguments) -> Any:
    """`text` as the JSON it is."""
    try:
        return parsed(text_in(arguments, "text"))
    except NotJson:
        raise ToolError("tool.bad_request", "The text is not JSON.") from None


def text_split(arguments: Arguments) -> list[str]:
    """`text` at each `separator`, which is a line break if it is not given."""
    separator = text_in(arguments, "separator") if "separator" in arguments else "\n"
    if not separator:
        raise ToolError("tool.bad_request", "`separator` must not be empty.")
    pieces = text_in(arguments, "text").split(separator, MAX_PIECES)
    if len(pieces) > MAX_PIECES:
        raise ToolError("tool.response_too_large", f"The text has more than {MAX_PIECES} pieces.")
    return pieces


def text_in(arguments: Arguments, name: str) -> str:
    value = arguments.get(name)
    if not isinstance(value, str):
        raise ToolError("tool.bad_request", f"`{name}` must be a text.")
    return value
