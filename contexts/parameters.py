"""Parameters of tools as JSON Schema: is a schema sound, and do arguments fit it?

Of the schema language this checks what forms of arguments are made of: `type`, `properties`, `required`,
`items`, `enum` and `additionalProperties: false`. Other keywords are told to models and not checked.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from contexts.json_types import fits

TYPES = ("string", "number", "integer", "boolean", "object", "array", "null")
MAX_DEPTH = 20


def schema_problems(schema: Any) -> list[str]:
    if not isinstance(schema, Mapping) or schema.get("type") != "object":
        return ['the parameters must be an object: {"type": "object", "properties": {…}}']
    return list(problems_at(schema, "", MAX_DEPTH))


def problems_at(schema: Any, path: str, depth: int) -> Iterator[str]:
    if not depth:
        yield f"{path}: schemas may be nested {MAX_DEPTH} deep"
    elif isinstance(schema, Mapping):
        yield from keyword_problems(schema, path)
        for place, part in parts(schema, path):
            yield from problems_at(part, place, depth - 1)
    elif not isinstance(schema, bool):
        yield f"{path}: a schema is an object, true or false"


def keyword_problems(schema: Mapping[str, Any], path: str) -> Iterator[str]:
    where = path or "the parameters"
    for kind in types_of(schema):
        if kind not in TYPES:
            yield f"{where}: there is no type {kind!r}"
    if not isinstance(schema.get("properties", {}), Mapping):
        yield f"{where}: `properties` must be an object"
    if not is_list_of_texts(schema.get("required", [])):
        yield f"{where}: `required` must be a list of names"
    if not isinstance(schema.get("enum", []), list | tuple):
        yield f"{where}: `enum` must be a list"


def types_of(schema: Mapping[str, Any]) -> list[Any]:
    given = schema.get("type", [])
    return list(given) if isinstance(given, list | tuple) else [given]


def is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)


def parts(schema: Mapping[str, Any], path: str) -> Iterator[tuple[str, Any]]:
    properties = schema.get("properties", {})
    if isinstance(properties, Mapping):
        yield from ((f"{path}.{name}".lstrip("."), part) for name, part in properties.items())
    if "items" in schema:
        yield f"{path}[]", schema["items"]


def value_problems(schema: Any, value: Any, path: str = "") -> list[str]:
    """`schema` is sound."""
    return list(misfits(schema, value, path))


def misfits(schema: Any, value: Any, path: str) -> Iterator[str]:
    where = path or "the arguments"
    if schema is False:
        yield f"{where}: is not allowed"
    if not isinstance(schema, Mapping):
        return
    types = types_of(schema)
    if types and not any(is_of(kind, value) for kind in types):
        yield f"{where}: must be of type {' or '.join(types)}"
    elif "enum" in schema and value not in schema["enum"]:
        yield f"{where}: must be one of {', '.join(str(choice) for choice in schema['enum'])}"[:300]
    elif isinstance(value, Mapping):
        yield from misfits_of_object(schema, value, path)
    elif isinstance(value, list | tuple) and "items" in schema:
        for index, item in enumerate(value):
            yield from misfits(schema["items"], item, f"{path}[{index}]")


def misfits_of_object(schema: Mapping[str, Any], value: Mapping[str, Any], path: str) -> Iterator[str]:
    properties = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{join(path, name)}: is missing"
    for name, item in value.items():
        if name in properties:
            yield from misfits(properties[name], item, join(path, name))
        elif schema.get("additionalProperties") is False:
            yield f"{join(path, name)}: is no argument of this tool"


def is_of(kind: Any, value: Any) -> bool:
    return value is None if kind == "null" else fits(kind, value)


def join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
