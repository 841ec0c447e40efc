"""As much of Thrift's compact protocol as a Parquet file's metadata need."""

from collections.abc import Sequence
from dataclasses import dataclass

I32, I64, BINARY, LIST, STRUCT = 5, 6, 8, 9, 12
SHORT_LIST = 15


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a struct: its id, its type on the wire, its value encoded."""

    id: int
    type: int
    data: bytes


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def zigzag(number: int) -> bytes:
    return varint(number << 1 if number >= 0 else (-number << 1) - 1)


def i32(id_: int, number: int) -> Field:
    return Field(id_, I32, zigzag(number))


def i64(id_: int, number: int) -> Field:
    return Field(id_, I64, zigzag(number))


def binary(content: bytes) -> bytes:
    return varint(len(content)) + content


def text(id_: int, value: str) -> Field:
    return Field(id_, BINARY, binary(value.encode()))


def struct(*fields: Field) -> bytes:
    """Ids ascend, and each is written as the step from the one before."""
    out, last = bytearray(), 0
    for field in fields:
        out += bytes([(field.id - last) << 4 | field.type]) + field.data
        last = field.id
    return bytes(out) + b"\0"


def nested(id_: int, *fields: Field) -> Field:
    return Field(id_, STRUCT, struct(*fields))


def listed(id_: int, type_: int, items: Sequence[bytes]) -> Field:
    size = len(items)
    head = bytes([size << 4 | type_]) if size < SHORT_LIST else bytes([0xF0 | type_]) + varint(size)
    return Field(id_, LIST, head + b"".join(items))
