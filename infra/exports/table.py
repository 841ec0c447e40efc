"""A table to take along: columns with kinds, rows as tuples. A writer makes bytes of it, page by page.

The same rows give the same bytes. Nothing is missing in a row: what does not apply is '' or 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Kind = Literal["text", "count", "amount", "time"]


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    kind: Kind = "text"


Row = tuple[Any, ...]


class Writer(Protocol):
    """`begin`, then `rows` as often as there are pages, then `end`."""

    def begin(self) -> bytes: ...

    def rows(self, page: Sequence[Row]) -> bytes: ...

    def end(self) -> bytes: ...
