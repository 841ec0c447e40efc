"""Which messages a function can make, read from its source, so that nobody has to declare it as well.

Every function of ours that the source names is followed, and every class called on the way counts. That is
never too little; a branch that cannot be taken is counted all the same.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from functools import lru_cache
from types import FunctionType, ModuleType
from typing import Any, TypeVar

FOLLOWED = ("contexts.", "projections.")

T = TypeVar("T")


def made_by(function: Callable[..., Any], base: type[T]) -> tuple[type[T], ...]:
    """Subclasses of `base` that `function` can make, in the order they stand in the source."""
    return tuple(cls for cls in classes_called(unwrapped(function)) if issubclass(cls, base))


def unwrapped(function: Callable[..., Any]) -> FunctionType:
    found = inspect.unwrap(function)
    if not isinstance(found, FunctionType):
        raise TypeError(f"{function!r} is no plain function: what it makes cannot be read")
    return found


@lru_cache(maxsize=1024)
def classes_called(function: FunctionType) -> tuple[type, ...]:
    found: dict[type, None] = {}
    walk(function, found, set())
    return tuple(found)


def walk(function: FunctionType, found: dict[type, None], seen: set[FunctionType]) -> None:
    seen.add(function)
    for name, called in names(function):
        if isinstance(name, type) and called:
            found.setdefault(name)
        for followed in functions_in(name):
            if followed not in seen and followed.__module__.startswith(FOLLOWED):
                walk(followed, found, seen)


def functions_in(named: Any) -> Iterator[FunctionType]:
    """A function, or the functions of a table that says which one does what."""
    for value in named.values() if isinstance(named, dict) else (named,):
        if isinstance(value, FunctionType):
            yield value


def names(function: FunctionType) -> Iterator[tuple[Any, bool]]:
    """What the names in a function's body stand for, and whether they are called there."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in in_order(tree):
        if isinstance(node, ast.Name | ast.Attribute):
            yield resolve(node, function), id(node) in called


def in_order(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for child in ast.iter_child_nodes(node):
        yield from in_order(child)


def resolve(node: ast.expr, function: FunctionType) -> Any:
    """A module's name or its attribute; None for locals and for attributes of objects."""
    if isinstance(node, ast.Name):
        return None if node.id in function.__code__.co_varnames else function.__globals__.get(node.id)
    if isinstance(node, ast.Attribute):
        owner = resolve(node.value, function)
        return getattr(owner, node.attr, None) if isinstance(owner, ModuleType) else None
    return None
