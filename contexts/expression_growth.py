"""How large a value an expression may make on its way, told before it is made.

Google's library bounds how long an expression works, not how much it keeps: text put into itself is squared.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from contexts.expression_loops import BODY, RANGE, makes
from contexts.expression_paths import (
    CALL,
    COMPREHENSION,
    CONST,
    LIST,
    SELECT,
    STRING_CONST,
    STRUCT,
    Path,
    checked,
    constant_path,
    fields,
    first,
    parts,
    text,
)

MOST_CHARACTERS = 64_000_000
MOST_ROUNDS = 10_000
"""Google's own limit, over all loops of an expression."""

PUT_IN = {"replace": 1, "join": 0}
"""Functions that put a text in many times, and which argument that is."""

Text = str | Path | None
"""A constant one, where it is read, or one that is made: as long as may be."""


@dataclass(frozen=True, slots=True)
class PutIn:
    """`looped`: in the body of a loop."""

    function: str
    text: Text
    looped: bool


@dataclass(frozen=True, slots=True)
class Growth:
    put_in: tuple[PutIn, ...] = ()
    loops: int = 0


NONE = Growth()


def growth_of(serialized: bytes) -> Growth:
    found = list(growing(checked(serialized)))
    return Growth(tuple(one for one in found if one is not None), found.count(None))


def growing(expr: bytes, looped: bool = False) -> Iterator[PutIn | None]:
    """None for each loop that makes something."""
    for number, body in fields(expr):
        if number == COMPREHENSION:
            if makes(body):
                yield None
            for n, part in fields(body):
                if n == RANGE or n in BODY:
                    yield from growing(part, looped or n in BODY)
        elif number in (SELECT, CALL, LIST, STRUCT):
            if number == CALL and (name := text(first(body, 2))) in PUT_IN:
                yield PutIn(name, put_in(body, PUT_IN[name]), looped)
            for part in parts(number, body):
                yield from growing(part, looped)


def put_in(call: bytes, index: int) -> Text:
    arguments = [part for n, part in fields(call) if n == 3]
    if index >= len(arguments):
        return ""
    given = arguments[index]
    constant = first(given, CONST)
    if constant:
        return text(first(constant, STRING_CONST))
    return constant_path(given)


def largest(growth: Growth, source: str, values: Mapping[str, Any]) -> int:
    """At most so many characters, by what it reads."""
    if growth == NONE:
        return 0
    read = measured(values)
    longest, total = read.longest + len(source), read.total + len(source)
    joins = [one for one in growth.put_in if one.function == "join"]
    size = total if any(one.looped for one in joins) else longest
    if growth.loops:
        rounds = max(1, read.items, longest if "split" in source else 0)
        size *= min(MOST_ROUNDS, rounds**growth.loops) * (1 + source.count("+") + source.count(","))
    size = max(size, total) if joins else size
    for one in growth.put_in:
        size *= 1 + length(one.text, values, longest)
    return size


def length(given: Text, values: Mapping[str, Any], longest: int) -> int:
    if isinstance(given, str):
        return len(given)
    found: Any = values
    for step in given or ():
        found = found.get(step) if isinstance(found, Mapping) else None
    return len(found) if isinstance(found, str) else longest


class Measured(NamedTuple):
    """The longest text, all texts, the most things in one list or map."""

    longest: int
    total: int
    items: int


def measured(value: Any) -> Measured:
    if isinstance(value, str):
        return Measured(len(value), len(value), 0)
    if not isinstance(value, Mapping | list | tuple):
        return Measured(0, 0, 0)
    found = [measured(one) for one in (value.values() if isinstance(value, Mapping) else value)]
    return Measured(
        max((one.longest for one in found), default=0),
        sum(one.total for one in found),
        max(len(value), *(one.items for one in found)) if found else 0,
    )
