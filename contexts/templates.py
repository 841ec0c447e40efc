"""`{{ inputs.x }}`, `{{ steps.id.output }}` and, inside of maps and loops, `{{ item }}` and its like.

Dotted keys lead into objects and lists. Values are put in as they are and never read as templates. A lone
`}}` is text, so JSON can be written.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

MAX_RENDERED_BYTES = 256 * 1024

NAME = r"[a-z][a-z0-9_]{0,39}"
KEYS = r"((?:\.[\w-]+)*)"
EXPRESSION = re.compile(
    rf"(?P<inputs>inputs)\.(?P<input>{NAME}){KEYS}"
    rf"|(?P<steps>steps)\.(?P<step>{NAME})\.output{KEYS}"
    rf"|(?P<local>item|index|previous){KEYS}"
)


class TemplateError(ValueError):
    """Something is wrong with a template or with what was to be put into it."""


class MalformedTemplate(TemplateError):
    """Braces that do not close, or between them something that is no reference."""


class MissingValue(TemplateError):
    """A reference to something the values do not have."""


class RenderedTooLong(TemplateError):
    """The rendered text would pass `MAX_RENDERED_BYTES`."""


@dataclass(frozen=True, slots=True)
class Reference:
    """`inputs.<name>`, `steps.<name>.output` or a local name, then `keys` into the value.

    `root` is `inputs`, `steps`, or for local names the name itself; then `name` is empty.
    """

    root: str
    name: str
    keys: tuple[str, ...] = ()

    def __str__(self) -> str:
        head = ("steps", self.name, "output") if self.root == "steps" else (self.root, self.name)
        return ".".join(part for part in (*head, *self.keys) if part)


@dataclass(frozen=True, slots=True)
class Values:
    """What references are looked up in: inputs by name, outputs by step id, local names by themselves."""

    inputs: Mapping[str, Any]
    steps: Mapping[str, Any]
    local: Mapping[str, Any] = field(default_factory=dict)


def references(template: str) -> tuple[Reference, ...]:
    return tuple(part for part in parse(template) if isinstance(part, Reference))


def references_in(template: Any) -> tuple[Reference, ...]:
    """Of a JSON template: those of all its texts."""
    match template:
        case str():
            return references(template)
        case Mapping():
            return tuple(found for value in template.values() for found in references_in(value))
        case list() | tuple():
            return tuple(found for value in template for found in references_in(value))
    return ()


def render(template: str, values: Values) -> str:
    return bounded(text_of(part, values) for part in parse(template))


def fill(template: Any, values: Values) -> Any:
    """A JSON template's value. A text that is one reference and nothing else keeps the value's type."""
    match template:
        case str():
            parts = [part for part in parse(template) if part != ""]
            if len(parts) == 1 and isinstance(parts[0], Reference):
                return look_up(parts[0], values)
            return bounded(text_of(part, values) for part in parts)
        case Mapping():
            return {key: fill(value, values) for key, value in template.items()}
        case list() | tuple():
            return [fill(value, values) for value in template]
    return template


def parse(template: str) -> tuple[str | Reference, ...]:
    head, *rest = template.split("{{")
    parts: list[str | Reference] = [head]
    for number, piece in enumerate(rest, start=1):
        expression, closed, text = piece.partition("}}")
        if not closed:
            raise MalformedTemplate(f"the {{{{ number {number} is never closed")
        parts += [reference(expression.strip()), text]
    return tuple(parts)


def reference(expression: str) -> Reference:
    match = EXPRESSION.fullmatch(expression)
    if match is None:
        shown = expression if len(expression) <= 60 else f"{expression[:60]}…"
        raise MalformedTemplate(
            f"{shown!r} is no reference: write {{{{ inputs.name }}}} or {{{{ steps.id.output }}}}"
        )
    root = match["inputs"] or match["steps"] or match["local"]
    keys = next(group for group in (match[3], match[6], match[8]) if group is not None)
    return Reference(root, match["input"] or match["step"] or "", tuple(keys.split(".")[1:]))


def text_of(part: str | Reference, values: Values) -> str:
    """Nothing, where there is null: the output of a step that was skipped."""
    if isinstance(part, str):
        return part
    value = look_up(part, values)
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def look_up(reference: Reference, values: Values) -> Any:
    """Keys into null give null, so that steps after a branch need not know which way was taken."""
    holders = {"inputs": values.inputs, "steps": values.steps}
    value: Any = holders.get(reference.root, values.local)
    for key in (reference.name or reference.root, *reference.keys):
        if value is None:
            return None
        value = value_at(value, key, reference)
    return value


def value_at(value: Any, key: str, reference: Reference) -> Any:
    if isinstance(value, Mapping) and key in value:
        return value[key]
    if isinstance(value, list | tuple) and key.isdecimal() and int(key) < len(value):
        return value[int(key)]
    raise MissingValue(f"{reference} has no value: there is no {key!r}")


def bounded(texts: Iterable[str]) -> str:
    """Joins, and stops at the first text that is too much, so memory stays bounded as well."""
    kept, size = [], 0
    for text in texts:
        size += len(text.encode(errors="surrogatepass"))
        if size > MAX_RENDERED_BYTES:
            raise RenderedTooLong(f"the text is longer than {MAX_RENDERED_BYTES} bytes")
        kept.append(text)
    return "".join(kept)
