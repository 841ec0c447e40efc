"""Tables as Parquet: required columns, plain encoding, uncompressed; a row group a page.

The smallest file every reader takes. A library for it would be many times the size of all the rest.
"""

import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal
from typing import Any

from infra.exports import thrift as t
from infra.exports.table import Column, Kind, Row

MAGIC = b"PAR1"
INT64, BYTE_ARRAY, FIXED = 2, 6, 7
PLAIN, RLE = 0, 3
REQUIRED, UNCOMPRESSED, DATA_PAGE = 0, 0, 0
UTF8, DECIMAL, TIMESTAMP_MICROS = 0, 5, 10
SCALE, PRECISION, WIDTH = 12, 38, 16
WIDE = Context(prec=60)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Form:
    """How a kind of column is stored: its physical type, how it is to be read, one value's bytes."""

    type: int
    fields: tuple[t.Field, ...]
    encode: Callable[[Any], bytes]


def of_text(value: Any) -> bytes:
    content = str(value).encode()
    return struct.pack("<I", len(content)) + content


def of_count(value: int) -> bytes:
    return struct.pack("<q", value)


def of_amount(value: Decimal) -> bytes:
    return int(value.scaleb(SCALE, WIDE)).to_bytes(WIDTH, "big", signed=True)


def of_time(value: datetime) -> bytes:
    return struct.pack("<q", (value - EPOCH) // MICROSECOND)


DECIMAL_FIELDS = (t.i32(6, DECIMAL), t.i32(7, SCALE), t.i32(8, PRECISION))
FORMS: Mapping[Kind, Form] = {
    "text": Form(BYTE_ARRAY, (t.i32(6, UTF8),), of_text),
    "count": Form(INT64, (), of_count),
    "amount": Form(FIXED, DECIMAL_FIELDS, of_amount),
    "time": Form(INT64, (t.i32(6, TIMESTAMP_MICROS),), of_time),
}


class Parquet:
    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._groups: list[bytes] = []
        self._rows = 0
        self._offset = len(MAGIC)

    def begin(self) -> bytes:
        return MAGIC

    def rows(self, page: Sequence[Row]) -> bytes:
        if not page:
            return b""
        chunks = [self._chunk(column, [row[i] for row in page]) for i, column in enumerate(self._columns)]
        content = b"".join(data for data, _ in chunks)
        columns = t.listed(1, t.STRUCT, [meta for _, meta in chunks])
        self._groups.append(t.struct(columns, t.i64(2, len(content)), t.i64(3, len(page))))
        self._rows += len(page)
        return content

    def end(self) -> bytes:
        footer = t.struct(
            t.i32(1, 1),
            t.listed(2, t.STRUCT, [root(len(self._columns)), *map(element, self._columns)]),
            t.i64(3, self._rows),
            t.listed(4, t.STRUCT, self._groups),
            t.text(6, "hirebuddha"),
        )
        return footer + struct.pack("<I", len(footer)) + MAGIC

    def _chunk(self, column: Column, values: Sequence[Any]) -> tuple[bytes, bytes]:
        """One page of one column, and what the footer says of it."""
        form = FORMS[column.kind]
        body = b"".join(map(form.encode, values))
        content = page_header(len(body), len(values)) + body
        meta = chunk_meta(column, form, len(values), len(content), self._offset)
        self._offset += len(content)
        return content, meta


def page_header(size: int, values: int) -> bytes:
    levels = (t.i32(3, RLE), t.i32(4, RLE))
    data = t.nested(5, t.i32(1, values), t.i32(2, PLAIN), *levels)
    return t.struct(t.i32(1, DATA_PAGE), t.i32(2, size), t.i32(3, size), data)


def chunk_meta(column: Column, form: Form, values: int, size: int, offset: int) -> bytes:
    return t.struct(
        t.i64(2, offset),
        t.nested(
            3,
            t.i32(1, form.type),
            t.listed(2, t.I32, [t.zigzag(PLAIN)]),
            t.listed(3, t.BINARY, [t.binary(column.name.encode())]),
            t.i32(4, UNCOMPRESSED),
            t.i64(5, values),
            t.i64(6, size),
            t.i64(7, size),
            t.i64(9, offset),
        ),
    )


def root(columns: int) -> bytes:
    return t.struct(t.text(4, "schema"), t.i32(5, columns))


def element(column: Column) -> bytes:
    form = FORMS[column.kind]
    width = (t.i32(2, WIDTH),) if form.type == FIXED else ()
    return t.struct(t.i32(1, form.type), *width, t.i32(3, REQUIRED), t.text(4, column.name), *form.fields)
