"""Where a step is in a run: `draft`, `each[3].draft`, an agent's round `helper[2]`, `helper[2].search_0`."""

import re
from functools import lru_cache
from typing import NamedTuple

SEGMENT = re.compile(r"([a-z][a-z0-9_]*)(?:\[(\d+)\])?")


class Inside(NamedTuple):
    """One way down: into item, iteration or round `number` of the step `name`."""

    name: str
    number: int


Scope = tuple[Inside, ...]
"""The way to a scope. Empty: the workflow itself."""

ROOT: Scope = ()


class Place(NamedTuple):
    """A step: its scope and its name in there. An agent's round has no name: it is the scope's own call."""

    scope: Scope
    name: str | None

    def __str__(self) -> str:
        inside = [f"{name}[{index}]" for name, index in self.scope]
        return ".".join([*inside, self.name] if self.name else inside)


@lru_cache(maxsize=16_384)
def place(path: str) -> Place | None:
    """None: not a path."""
    found = [SEGMENT.fullmatch(part) for part in path.split(".")]
    segments = [(match[1], match[2]) for match in found if match]
    *outer, (name, index) = segments or [("", None)]
    if len(segments) != len(found) or any(number is None for _, number in outer):
        return None
    scope = tuple(Inside(part, int(number)) for part, number in outer)
    return Place(scope, name) if index is None else Place((*scope, Inside(name, int(index))), None)


def container(scope: Scope) -> Place:
    """The step whose inside this scope is."""
    return Place(scope[:-1], scope[-1].name)


def within(step: Place, index: int) -> Scope:
    assert step.name is not None
    return (*step.scope, Inside(step.name, index))
