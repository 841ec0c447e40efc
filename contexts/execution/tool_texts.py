"""Templates of tools, filled with arguments. What an argument holds is never read as a template."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from contexts.templates import RenderedTooLong, bounded
from contexts.tool_templates import Argument, Part, Secret, parse
from schemas.execution.secret_references import named, reference

Arguments = Mapping[str, Any]
UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
MISSING = object()


class UnfitArguments(ValueError):
    """No request can be made of these arguments."""


def filled(template: str, arguments: Arguments, text_of: Callable[[Any], str]) -> str:
    """Secrets stay as references. A text that names other secrets than its template is refused."""
    parts = parse(template)
    try:
        text = bounded(piece(part, arguments, text_of) for part in parts)
    except RenderedTooLong as error:
        raise UnfitArguments(str(error)) from error
    if named(text) != [part.name for part in parts if isinstance(part, Secret)]:
        raise UnfitArguments("an argument may not hold a reference to a secret")
    return text


def piece(part: Part, arguments: Arguments, text_of: Callable[[Any], str]) -> str:
    match part:
        case Secret():
            return reference(part.name)
        case Argument():
            return text_of(present(part, arguments))
    return part


def present(argument: Argument, arguments: Arguments) -> Any:
    value = look_up(argument, arguments)
    if value is MISSING:
        raise UnfitArguments(f"{argument} has no value")
    return value


def look_up(argument: Argument, arguments: Arguments) -> Any:
    value: Any = arguments
    for key in argument.keys:
        if not isinstance(value, Mapping) or key not in value:
            return MISSING
        value = value[key]
    return value


def lone_argument(template: str) -> Argument | None:
    """The reference a template is and nothing else."""
    parts = parse(template)
    return parts[0] if len(parts) == 1 and isinstance(parts[0], Argument) else None


def left_out(template: Any, arguments: Arguments) -> bool:
    """A header, a query parameter or a field that is one argument, and that was not given."""
    argument = lone_argument(template) if isinstance(template, str) else None
    return argument is not None and look_up(argument, arguments) is MISSING


def plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def in_header(value: Any) -> str:
    text = plain(value)
    if any(ord(character) < 32 or ord(character) == 127 for character in text):
        raise UnfitArguments("a header may not hold control characters")
    return text


def in_path(value: Any) -> str:
    """Empty, `.` and `..` would be another path than the author wrote."""
    text = plain(value)
    if text in ("", ".", ".."):
        raise UnfitArguments(f"{text!r} cannot stand in an address")
    return in_query(text)


def in_query(value: Any) -> str:
    """Percent-encoded whole, so that it stays the one value it is."""
    return "".join(chr(byte) if byte in UNRESERVED else f"%{byte:02X}" for byte in plain(value).encode())


def filled_texts(
    templates: Mapping[str, str], arguments: Arguments, text_of: Callable[[Any], str]
) -> dict[str, str]:
    return {
        name: filled(template, arguments, text_of)
        for name, template in templates.items()
        if not left_out(template, arguments)
    }


def filled_json(template: Any, arguments: Arguments) -> Any:
    """JSON whose texts are templates; one that is a lone reference keeps the argument's type."""
    match template:
        case str():
            argument = lone_argument(template)
            return present(argument, arguments) if argument else filled(template, arguments, plain)
        case Mapping():
            return {
                name: filled_json(part, arguments)
                for name, part in template.items()
                if not left_out(part, arguments)
            }
        case list() | tuple():
            return [filled_json(part, arguments) for part in template]
    return template
