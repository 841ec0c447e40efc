"""How much work a schema is on a value. References let a few lines ask for more than a lifetime of it.

Counted is what a validator does that remembers nothing: a schema on a value, as often as it comes there.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

MOST = 1_000_000
MOST_PAIRS = 100_000
DEEPEST = 300
SAME = frozenset({"allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas"})
"""Applied to the value itself; the next ones to what is in it."""

INSIDE = frozenset(
    {
        *("items", "prefixItems", "contains", "unevaluatedItems", "additionalProperties"),
        *("patternProperties", "propertyNames", "unevaluatedProperties"),
    }
)
OF_SCHEMAS = frozenset({"dependentSchemas", "patternProperties"})
"""Maps whose values are schemas."""

Pair = tuple[dict[str, Any], Any]


class TooMuch(Exception):
    """More than anybody should wait for."""


class Work:
    def __init__(self, schema: dict[str, Any]) -> None:
        self._root = schema
        self._known: dict[tuple[int, int], int] = {}

    def of(self, schema: dict[str, Any], value: Any, depth: int = 0) -> int:
        """A reference that leads back to where it is adds nothing. Raises TooMuch."""
        pair = id(schema), id(value)
        if pair in self._known:
            return self._known[pair]
        if depth > DEEPEST or len(self._known) > MOST_PAIRS:
            raise TooMuch
        self._known[pair], work = 0, 1
        for inner, its_value in self._next(schema, value):
            work += self.of(inner, its_value, depth + 1)
            if work > MOST:
                raise TooMuch
        self._known[pair] = work
        return work

    def _next(self, schema: dict[str, Any], value: Any) -> Iterator[Pair]:
        for key, inner in schema.items():
            if key == "$ref":
                yield self._target(inner), value
            elif key in SAME:
                yield from ((one, value) for one in schemas(key, inner))
            elif key in INSIDE:
                yield from ((one, child) for one in schemas(key, inner) for child in children(value))
            elif key == "properties" and isinstance(value, dict):
                named = ((one, value[name]) for name, one in inner.items() if name in value)
                yield from ((one, its) for one, its in named if isinstance(one, dict))

    def _target(self, reference: str) -> dict[str, Any]:
        found: Any = self._root
        for step in reference.split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            found = found[int(name)] if isinstance(found, list) else found[name]
        return found if isinstance(found, dict) else {}


def too_much(schema: dict[str, Any], value: Any) -> bool:
    try:
        return Work(schema).of(schema, value) > MOST
    except TooMuch:
        return True


def schemas(key: str, inner: Any) -> list[dict[str, Any]]:
    found = inner.values() if key in OF_SCHEMAS else inner if isinstance(inner, list) else [inner]
    return [one for one in found if isinstance(one, dict)]


def children(value: Any) -> Sequence[Any]:
    if isinstance(value, Mapping):
        return list(value.values())
    return value if isinstance(value, list | tuple) else ()
