"""JSON values against JSON Schema (draft 2020-12), and schemas against what we take as one."""

import json
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

from jsonschema_rs import Draft202012Validator, RegexOptions, ValidationError

from contexts.schema_work import too_much

MAX_BYTES = 16 * 1024
MAX_DEPTH = 20
MAX_PROBLEMS = 20
MAX_MESSAGE = 200
COMPILED = 1_024
REFERENCE = '"$ref"'
ELSEWHERE = ("$id", "$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveRef")
"""Other ways to name a schema. Which one is meant is not for us to find out."""

Found = tuple[str, str]
"""Where, in dots, and what is wrong."""


def problems(schema: dict[str, Any], value: Any) -> list[Found]:
    """The first ways in which a value does not fit a schema that `schema_problems` found no fault with."""
    text = json.dumps(schema, sort_keys=True)
    if REFERENCE in text and too_much(schema, value):
        return [("", "the schema's references make too much work of this value")]
    errors = compiled(text).iter_errors(value)
    return [found(error) for error in islice(errors, MAX_PROBLEMS)]


@lru_cache(COMPILED)
def compiled(schema: str) -> Draft202012Validator:
    """Patterns are matched in linear time, so that none can be made to run for ever; nothing is fetched."""
    return Draft202012Validator(json.loads(schema), pattern_options=RegexOptions(), retriever=refuse)


def refuse(uri: str) -> Any:
    raise ValueError(f"{uri} is outside of the schema")


def schema_problems(schema: dict[str, Any]) -> list[Found]:
    """What stands against using this as a schema."""
    text = json.dumps(schema, sort_keys=True)
    if len(text) > MAX_BYTES:
        return [("", f"the schema has {len(text)} bytes; {MAX_BYTES} are allowed")]
    if unfit := list(islice(walk(schema, ()), MAX_PROBLEMS)):
        return unfit
    try:
        compiled(text)
    except ValidationError as error:
        return [found(error)]
    return []


def walk(value: Any, path: tuple[str, ...]) -> Iterator[Found]:
    """Too deep a nesting, and references that are no paths inside the schema."""
    if len(path) > MAX_DEPTH:
        yield ".".join(path[:3]), f"nested more than {MAX_DEPTH} deep"
    elif isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, str) and path[-1:] != ("properties",) and led_astray(key, inner, path):
                yield ".".join((*path, key)), "only references inside the schema (#/...) are followed"
            else:
                yield from walk(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from walk(inner, (*path, str(index)))


def led_astray(key: str, inner: str, path: tuple[str, ...]) -> bool:
    if key == "$ref":
        return inner != "#" and (not inner.startswith("#/") or "%" in inner)
    return key in ELSEWHERE and (key != "$id" or bool(path))


def found(error: ValidationError) -> Found:
    return ".".join(str(part) for part in error.instance_path), shortened(error.message)


def shortened(message: str) -> str:
    return message if len(message) <= MAX_MESSAGE else f"{message[: MAX_MESSAGE - 1]}…"
