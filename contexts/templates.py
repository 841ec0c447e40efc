"""`{{ inputs.x }}` and `{{ steps.id.output }}`, with dotted paths into objects, filled in once.

Values are put in as they are and never read as templates. A lone `}}` is text, so JSON can be written.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

MAX_RENDERED_BYTES = 256 * 1024

NAME = r"[a-z][a-z0-9_]{0,39}"
EXPRESSION = re.compile(rf"(inputs)\.({NAME})((?:\.[\w-]+)*)|(steps)\.({NAME})\.output((?:\.[\w-]+)*)")


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
    """`inputs.<name>` or `steps.<name>.output`, then `keys` into the value."""

    root: Literal["inputs", "steps"]
    name: str
    keys: tuple[str, ...] = ()

    def __str__(self) -> str:
        output = ("output",) if self.root == "steps" else ()
        return ".".join((self.root, self.name, *output, *self.keys))


@dataclass(frozen=True, slots=True)
class Values:
    """What references are looked up in: inputs by name, outputs by step id."""

    inputs: Mapping[str, Any]
    steps: Mapping[str, Any]


def references(template: str) -> tuple[Reference, ...]:
    return tuple(part for part in parse(template) if isinstance(part, Reference))


def render(template: str, values: Values) -> str:
    return bounded(text_of(part, values) for part in parse(template))


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
    root, name, keys = match.group(1, 2, 3) if match.group(1) else match.group(4, 5, 6)
    return Reference("inputs" if root == "inputs" else "steps", name, tuple(keys.split(".")[1:]))


def text_of(part: str | Reference, values: Values) -> str:
    if isinstance(part, str):
        return part
    value = look_up(part, values)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def look_up(reference: Reference, values: Values) -> Any:
    value: Any = values.inputs if reference.root == "inputs" else values.steps
    for key in (reference.name, *reference.keys):
        if not isinstance(value, Mapping) or key not in value:
            raise MissingValue(f"{reference} has no value: there is no {key!r}")
        value = value[key]
    return value


def bounded(texts: Iterable[str]) -> str:
    """Joins, and stops at the first text that is too much, so memory stays bounded as well."""
    kept, size = [], 0
    for text in texts:
        size += len(text.encode(errors="surrogatepass"))
        if size > MAX_RENDERED_BYTES:
            raise RenderedTooLong(f"the text is longer than {MAX_RENDERED_BYTES} bytes")
        kept.append(text)
    return "".join(kept)
