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
EXPRESSION = re.compile(
    rf"(item|index|previous)((?:\.[\w-]+)*)|(inputs)\.({NAME})((?:\.[\w-]+)*)|(steps)\.({NAME})\.output((?:\.[\w-]+)*)"
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
    """`inputs.<name>` or `steps.<name>.output`, then `keys` into the value."""

    root: Literal["inputs", "steps", "item", "index", "previous"]
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
    item: Any = None
    index: Any = None
    previous: Any = None


def fill(template: Any, values: Values) -> Any:
    if isinstance(template, Mapping):
        return {k: fill(v, values) for k, v in template.items()}
    if isinstance(template, list | tuple):
        return [fill(v, values) for v in template]
    if isinstance(template, str):
        parts = [p for p in parse(template) if p != ""]
        if len(parts) == 1 and isinstance(parts[0], Reference):
            return look_up(parts[0], values)
        return render(template, values)
    return template


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
    if match.group(1):
        return Reference(match.group(1), "", tuple(match.group(2).split(".")[1:]))
    root, name, keys = match.group(3, 4, 5) if match.group(3) else match.group(6, 7, 8)
    return Reference("inputs" if root == "inputs" else "steps", name, tuple(keys.split(".")[1:]))


def text_of(part: str | Reference, values: Values) -> str:
    if isinstance(part, str):
        return part
    value = look_up(part, values)
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def look_up(reference: Reference, values: Values) -> Any:
    value: Any = getattr(values, reference.root)
    for key in (reference.name, *reference.keys) if reference.name else reference.keys:
        if value is None and reference.root == "steps" and key in reference.keys:
            return None
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
