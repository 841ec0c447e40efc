"""What a CEL expression reads, from its checked form: a protobuf message of type cel.expr.CheckedExpr.

Only the fields needed are walked, by their numbers in CEL's published schema.
"""

from collections.abc import Iterator

Path = tuple[str, ...]
Field = tuple[int, bytes]

ANY_VALUE, CHECKED_EXPR = 2, 4
CONST, IDENT, SELECT, CALL, LIST, STRUCT, COMPREHENSION = 3, 4, 5, 6, 7, 8, 9
STRING_CONST = 6
INDEX = "_[_]"


def paths_of(serialized: bytes) -> frozenset[Path]:
    """Variables of comprehensions are not among them, what they range over is."""
    return frozenset(read(checked(serialized), frozenset()))


def checked(serialized: bytes) -> bytes:
    """The expression itself."""
    return first(first(serialized, ANY_VALUE), CHECKED_EXPR)


def read(expr: bytes, bound: frozenset[str]) -> Iterator[Path]:
    """Every path the expression reads, as far as it is constant."""
    if path := constant_path(expr):
        if path[0] not in bound:
            yield path
        return
    for number, body in fields(expr):
        if number == COMPREHENSION:
            yield from comprehension(body, bound)
        elif number in (SELECT, CALL, LIST, STRUCT):
            yield from (path for part in parts(number, body) for path in read(part, bound))


def constant_path(expr: bytes) -> Path | None:
    """`inputs.a["b"]` is `("inputs", "a", "b")`."""
    for number, body in fields(expr):
        if number == IDENT:
            return (text(first(body, 1)),)
        if number == SELECT and (owner := constant_path(first(body, 1))):
            return (*owner, text(first(body, 2)))
        if number == CALL and text(first(body, 2)) == INDEX:
            owner_expr, key_expr = (part for n, part in fields(body) if n == 3)
            owner, key = constant_path(owner_expr), first(first(key_expr, CONST), STRING_CONST)
            return (*owner, text(key)) if owner and key else None
    return None


def parts(number: int, body: bytes) -> Iterator[bytes]:
    """The expressions inside one: operand; target and arguments; elements; keys and values of entries."""
    if number == SELECT:
        yield first(body, 1)
    elif number == CALL:
        yield from (part for n, part in fields(body) if n in (1, 3))
    elif number == LIST:
        yield from (part for n, part in fields(body) if n == 1)
    else:
        entries = (part for n, part in fields(body) if n == 2)
        yield from (part for entry in entries for n, part in fields(entry) if n in (3, 4))


def comprehension(body: bytes, bound: frozenset[str]) -> Iterator[Path]:
    found = dict(fields(body))
    variables = {text(found[n]) for n in (1, 3, 8) if n in found}
    yield from read(found.get(2, b""), bound)
    for number in (4, 5, 6, 7):
        yield from read(found.get(number, b""), bound | variables)


def first(message: bytes, number: int) -> bytes:
    return next((body for n, body in fields(message) if n == number), b"")


def fields(message: bytes) -> Iterator[Field]:
    """Fields of the wire format that have a length; the others are skipped."""
    at = 0
    while at < len(message):
        key, at = varint(message, at)
        match key & 7:
            case 0:
                _, at = varint(message, at)
            case 1:
                at += 8
            case 2:
                size, at = varint(message, at)
                yield key >> 3, message[at : at + size]
                at += size
            case 5:
                at += 4
            case other:
                raise ValueError(f"wire type {other} is not expected")


def varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def text(body: bytes) -> str:
    return body.decode()
