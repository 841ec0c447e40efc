"""Tables as CSV and as JSON."""

import csv
from collections.abc import Callable, Mapping, Sequence
from io import StringIO
from typing import Any

from pydantic_core import to_json

from infra.exports.table import Column, Kind, Row

FORMULA = ("=", "+", "-", "@", "\t", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet would take for a formula, when it begins with it."""

SHOWN: Mapping[Kind, Callable[[Any], Any]] = {
    "text": str,
    "count": int,
    "amount": lambda amount: format(amount, "f"),
    "time": lambda at: at.isoformat(),
}


def shown(columns: Sequence[Column], row: Row) -> list[Any]:
    return [SHOWN[column.kind](value) for column, value in zip(columns, row, strict=True)]


class Csv:
    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns

    def begin(self) -> bytes:
        return written([[column.name for column in self._columns]])

    def rows(self, page: Sequence[Row]) -> bytes:
        return written([self._cells(row) for row in page])

    def end(self) -> bytes:
        return b""

    def _cells(self, row: Row) -> list[Any]:
        cells = zip(self._columns, shown(self._columns, row), strict=True)
        return [harmless(cell) if column.kind == "text" else cell for column, cell in cells]


def written(rows: Sequence[Sequence[Any]]) -> bytes:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def harmless(text: str) -> str:
    """A lone carriage return would not be quoted, and begin a row of the writer's own."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if text.startswith(FORMULA) else text


class Json:
    """One array of objects, an object a line."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns, self._names = columns, [column.name for column in columns]
        self._begun = False

    def begin(self) -> bytes:
        return b"["

    def rows(self, page: Sequence[Row]) -> bytes:
        return b"".join(self._separator() + to_json(self._object(row)) for row in page)

    def end(self) -> bytes:
        return b"\n]\n"

    def _object(self, row: Row) -> dict[str, Any]:
        return dict(zip(self._names, shown(self._columns, row), strict=True))

    def _separator(self) -> bytes:
        first, self._begun = not self._begun, True
        return b"\n" if first else b",\n"
