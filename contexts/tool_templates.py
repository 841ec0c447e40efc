"""The templates of tools: `{{ arguments.x }}`, with dotted paths into objects, and `{{ secrets.NAME }}`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contexts.templates import MalformedTemplate

REFERENCE = re.compile(r"arguments((?:\.[\w-]+)+)|secrets\.([A-Z][A-Z0-9_]{0,39})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Argument:
    """`arguments.<key>.<key>…`"""

    keys: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join(("arguments", *self.keys))


@dataclass(frozen=True, slots=True)
class Secret:
    name: str


Part = str | Argument | Secret


def parse(template: str) -> tuple[Part, ...]:
    head, *rest = template.split("{{")
    parts: list[Part] = [head]
    for number, piece in enumerate(rest, start=1):
        expression, closed, text = piece.partition("}}")
        if not closed:
            raise MalformedTemplate(f"the {{{{ number {number} is never closed")
        parts += [reference(expression.strip()), text]
    return tuple(part for part in parts if part != "")


def reference(expression: str) -> Argument | Secret:
    match = REFERENCE.fullmatch(expression)
    if match is None:
        message = "is no reference: write {{ arguments.name }} or {{ secrets.NAME }}"
        raise MalformedTemplate(f"{expression[:60]!r} {message}")
    keys, secret = match.groups()
    return Secret(secret) if secret else Argument(tuple(keys.split(".")[1:]))


def texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text inside a JSON value that may be a template, with its path. Keys are none."""
    match value:
        case str():
            yield path, value
        case Mapping():
            for key, item in value.items():
                yield from texts(item, f"{path}.{key}")
        case list() | tuple():
            for index, item in enumerate(value):
                yield from texts(item, f"{path}.{index}")
