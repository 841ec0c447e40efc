"""The shape of every stored event as JSON Schema, and which changes of a shape old events survive.

An event on disk is for ever: `<type>.v<N>.json` may grow, never change. Another shape is version N + 1 with
an upcaster, another meaning is another name.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from schemas.base import Event

DIALECT = "https://json-schema.org/draft/2020-12/schema"

WORDS = frozenset({"$schema", "title", "description"})
"""What a schema says to people."""

CHOICES = frozenset({"enum", "anyOf", "oneOf"})
LOOSER: Mapping[str, Callable[[Any, Any], bool]] = {
    **dict.fromkeys(("maximum", "maxLength", "maxItems", "maxProperties"), lambda old, new: bool(new >= old)),
    **dict.fromkeys(("minimum", "minLength", "minItems", "minProperties"), lambda old, new: bool(new <= old)),
}
"""Limits may be raised: what was valid stays valid."""


class Untitled(GenerateJsonSchema):
    """A field's title would only repeat its name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def file_name(event: type[Event]) -> str:
    return f"{event.type_name}.v{event.type_version}.json"


def schema_of(event: type[Event]) -> dict[str, Any]:
    """What a stored event of this version must look like to be read."""
    schema = event.model_json_schema(mode="validation", schema_generator=Untitled)
    return {"$schema": DIALECT, **schema, "title": f"{event.type_name} v{event.type_version}"}


def written(schema: Mapping[str, Any]) -> str:
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def breaks(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """Places where events of the old shape may not fit the new one. None: it only grew."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted((old.keys() | new.keys()) - WORDS):
            yield from breaks_at(key, old, new, f"{path}/{key}")
    elif old != new:
        yield f"{path}: {json.dumps(old)} became {json.dumps(new)}"


def breaks_at(key: str, old: dict[str, Any], new: dict[str, Any], path: str) -> Iterator[str]:
    if key in ("properties", "$defs", "mapping"):
        yield from parts_gone_or_changed(old.get(key, {}), new.get(key, {}), path)
    elif key == "required":
        added = set(new.get(key, ())) - set(old.get(key, ()))
        yield from (f"{path}: {name} is required now" for name in sorted(added))
    elif key not in old or key not in new:
        yield f"{path}: {'added' if key not in old else 'removed'}"
    elif key in CHOICES:
        yield from (f"{path}: {json.dumps(choice)} is gone" for choice in old[key] if choice not in new[key])
    elif key not in LOOSER or not LOOSER[key](old[key], new[key]):
        yield from breaks(old[key], new[key], path)


def parts_gone_or_changed(old: dict[str, Any], new: dict[str, Any], path: str) -> Iterator[str]:
    for name, part in old.items():
        if name not in new:
            yield f"{path}/{name}: removed"
        else:
            yield from breaks(part, new[name], f"{path}/{name}")
