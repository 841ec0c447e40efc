from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cel_expr_python import cel


class ExpressionError(ValueError): ...


@lru_cache(4096)
def compile(expression: str, names: frozenset[str]) -> Any:
    env = cel.NewEnv(variables=dict.fromkeys(names, cel.Type.DYN))
    try:
        return env.compile(expression)
    except Exception as error:
        raise ExpressionError(str(error)) from error


def evaluate(expression: str, values: Mapping[str, Any]) -> Any:
    program = compile(expression, frozenset(values))
    try:
        result = program.eval(data=dict(values))
    except Exception as error:
        raise ExpressionError(str(error)) from error
    if result.type() == cel.Type.ERROR:
        raise ExpressionError(str(result.value()))
    return plain(result)


def plain(result: Any) -> Any:
    value = result.value() if hasattr(result, "value") else result
    if isinstance(value, Mapping):
        return {plain(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return value
