"""The access log as files: CSV for spreadsheets, a JSON object a line for programs."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Literal

from pydantic_core import to_json

from api.ports import AccessTrail
from infra.access_log.entries import Access, Wanted
from infra.db.scope import Scope
from infra.exports.text import harmless, written

Form = Literal["csv", "ndjson"]
COLUMNS = tuple(field.name for field in fields(Access))
PAGE = 500


def csv_head() -> bytes:
    return written([COLUMNS])


def csv_rows(entries: Sequence[Access]) -> bytes:
    return written([[cell(getattr(entry, name)) for name in COLUMNS] for entry in entries])


def cell(value: object) -> str:
    return "" if value is None else harmless(str(value))


def json_lines(entries: Sequence[Access]) -> bytes:
    return b"".join(to_json(asdict(entry)) + b"\n" for entry in entries)


HEADS: Mapping[Form, Callable[[], bytes]] = {"csv": csv_head, "ndjson": bytes}
ROWS: Mapping[Form, Callable[[Sequence[Access]], bytes]] = {"csv": csv_rows, "ndjson": json_lines}


async def content(trail: AccessTrail, scope: Scope, wanted: Wanted, form: Form) -> AsyncIterator[bytes]:
    """Newest first, a transaction a page: however long the reader takes, none is kept open for it."""
    yield HEADS[form]()
    cursor: str | None = None
    while True:
        page = await trail.page(scope, wanted, cursor, PAGE)
        yield ROWS[form](page.items)
        if page.next is None:
            return
        cursor = page.next
