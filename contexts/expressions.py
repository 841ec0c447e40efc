"""CEL: expressions over a run's values, without code of users in our processes.

Google's CEL library bounds length, nesting and iterations; what is made on the way, and results, we bound.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cel_expr_python import cel
from cel_expr_python.ext import ext_math, ext_strings

from contexts.expression_growth import MOST_CHARACTERS, Growth, growth_of, largest
from contexts.expression_paths import Path, paths_of

MAX_RESULT_BYTES = 256 * 1024
COMPILED = 4_096
EXTENSIONS = (ext_strings.ExtStrings(), ext_math.ExtMath())


class ExpressionError(ValueError):
    """An expression that does not compile, fails, or gives what is no JSON. The message is for its author."""


@dataclass(frozen=True, slots=True)
class Program:
    """`paths`: what it reads, such as `("steps", "draft", "output")`."""

    expression: cel.Expression
    paths: frozenset[Path]
    growth: Growth


@lru_cache(COMPILED)
def compiled(expression: str, names: frozenset[str]) -> Program:
    """`names` are the variables there are, of any type. Raises ExpressionError, with the position."""
    try:
        program = environment(names).compile(expression)
        serialized = program.serialize()
        return Program(program, paths_of(serialized), growth_of(serialized))
    except (RuntimeError, ValueError) as error:
        raise ExpressionError(first_line(str(error))) from error


@lru_cache(64)
def environment(names: frozenset[str]) -> cel.Env:
    return cel.NewEnv(variables=dict.fromkeys(names, cel.Type.DYN), extensions=list(EXTENSIONS))


def paths(expression: str, names: frozenset[str]) -> frozenset[Path]:
    return compiled(expression, names).paths


def evaluate(expression: str, values: Mapping[str, Any]) -> Any:
    """The expression's value as JSON."""
    program = compiled(expression, frozenset(values))
    given = needed(values, program.paths)
    if (size := largest(program.growth, expression, given)) > MOST_CHARACTERS:
        raise ExpressionError(f"this may make {size} characters on its way; {MOST_CHARACTERS} are allowed")
    try:
        result = program.expression.eval(data=given)
    except (RuntimeError, ValueError, TypeError) as error:
        raise ExpressionError(first_line(str(error))) from error
    if result.type() == cel.Type.ERROR:
        raise ExpressionError(first_line(str(result.value())))
    return bounded(plain(result.plain_value()))


def needed(values: Mapping[str, Any], read: frozenset[Path]) -> dict[str, Any]:
    """Only what the expression reads, two levels deep: all that is given is converted on every call."""
    return {
        name: narrowed(value, [path[1:] for path in read if path[0] == name])
        for name, value in values.items()
    }


def narrowed(value: Any, read: list[Path]) -> Any:
    if not isinstance(value, Mapping) or any(not path for path in read):
        return value if read else None
    return {key: value[key] for key in dict.fromkeys(path[0] for path in read) if key in value}


def plain(value: Any) -> Any:
    """The library's maps have no order of their own; keys are sorted, so that a decision can be repeated."""
    match value:
        case None | bool() | int() | str():
            return value
        case float() if math.isfinite(value):
            return value
        case Mapping():
            return {key: plain(value[key]) for key in sorted(text_key(key) for key in value)}
        case list() | tuple():
            return [plain(item) for item in value]
    raise ExpressionError(
        f"the value is a {type(value).__name__}, which JSON does not have; make it a string"
    )


def text_key(key: Any) -> str:
    if not isinstance(key, str):
        raise ExpressionError(f"the key {key!r} of a map is no string")
    return key


def bounded(value: Any) -> Any:
    """Scalars are small: CEL's own limits see to that, but for text it was given."""
    if isinstance(value, bool | int | float | None):
        return value
    size = len(value) if isinstance(value, str) else len(json.dumps(value, ensure_ascii=False))
    if size > MAX_RESULT_BYTES:
        raise ExpressionError(f"the value has {size} characters as JSON; {MAX_RESULT_BYTES} are allowed")
    return value


def first_line(message: str) -> str:
    return message.splitlines()[0].removeprefix("INVALID_ARGUMENT: ").removeprefix("ERROR: ")[:300]
