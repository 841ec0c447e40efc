"""Which loops of an expression make something: who only asks, counts or picks out what there is does not."""

from contexts.expression_paths import (
    CALL,
    COMPREHENSION,
    LIST,
    SELECT,
    STRUCT,
    Path,
    constant_path,
    fields,
    first,
    parts,
    text,
)

RANGE, BODY = 2, (4, 5, 6, 7)
"""Fields of a loop: what it goes over, and what it does each time."""

VARIABLES, ACCUMULATOR = (1, 8), 3
ADD = "_+_"
ASKS = frozenset(
    {
        *("_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "@in", "_[_]", "_[?_]"),
        *("_&&_", "_||_", "!_", "_?_:_", "@not_strictly_false", "__not_strictly_false__"),
        *("-_", "_-_", "_*_", "_/_", "_%_", "int", "uint", "double", "bool", "type", "timestamp", "duration"),
        *("size", "contains", "startsWith", "endsWith", "matches", "indexOf", "lastIndexOf"),
    }
)
"""What these make is as small as a number."""


def makes(loop: bytes) -> bool:
    picked = frozenset((text(first(loop, n)),) for n in VARIABLES)
    accumulator = (text(first(loop, ACCUMULATOR)),)
    return any(makes_in(first(loop, n), picked, accumulator) for n in BODY)


def makes_in(expr: bytes, picked: frozenset[Path], accumulator: Path) -> bool:
    return any(is_made(number, body, picked, accumulator) for number, body in fields(expr))


def is_made(number: int, body: bytes, picked: frozenset[Path], accumulator: Path) -> bool:
    if number == COMPREHENSION:
        return makes(body) or makes_in(first(body, RANGE), picked, accumulator)
    if number == CALL and (name := text(first(body, 2))) not in ASKS:
        return name != ADD or not picks(body, picked, accumulator)
    inside = parts(number, body) if number in (SELECT, CALL, LIST, STRUCT) else ()
    return any(makes_in(part, picked, accumulator) for part in inside)


def picks(addition: bytes, picked: frozenset[Path], accumulator: Path) -> bool:
    """What is added to what the loop has so far is the thing it is at, or one more."""
    so_far, added = parts(CALL, addition)
    if constant_path(so_far) != accumulator:
        return False
    lists = [body for number, body in fields(added) if number == LIST]
    things = [thing for body in lists for thing in parts(LIST, body)]
    if lists:
        return all(constant_path(thing) in picked for thing in things)
    return not makes_in(added, picked, accumulator)
